import assert from 'node:assert/strict';
import { PerformanceProfiler } from '@hearth/toolkit/monitoring';

const profiler = new PerformanceProfiler();
profiler.measure('query', 12);
assert.equal(await profiler.time('query', async () => 'rows'), 'rows');
assert.equal(profiler.getPerformanceStats('query')?.count, 2);
