import assert from 'node:assert/strict';
import { MemoryOptimizer } from '@hearth/toolkit/performance';

const optimizer = new MemoryOptimizer({ thresholdPercent: 80 });
const { percent, rssBytes } = optimizer.getMemoryUsage();
assert(percent > 0 && percent < 100 && rssBytes > 0);

// Collects only where the runtime lets it (`node --expose-gc`), and says so otherwise.
const collection = optimizer.collectGarbage();
assert(collection.collected || collection.reason.includes('--expose-gc'));
