import assert from 'node:assert/strict';
import { MetricsCollector } from '@hearth/toolkit/monitoring';

const collector = new MetricsCollector({ maxSamples: 1000 });
for (const ms of [10, 20, 30]) collector.record('response_time', ms);
const stats = collector.getStats('response_time');
assert.deepEqual([stats?.count, stats?.avg, stats?.p50, stats?.latest], [3, 20, 20, 30]);
