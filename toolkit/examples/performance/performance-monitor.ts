import assert from 'node:assert/strict';
import { PerformanceMonitor } from '@hearth/toolkit/performance';

const monitor = new PerformanceMonitor();
const parse = monitor.measureTime('parse')((text: string) => JSON.parse(text) as unknown);
for (let i = 0; i < 10; i++) parse('{"a": 1}');
const stats = monitor.getStats('parse');
assert.equal(stats?.count, 10);
assert(stats.p50Ms <= stats.p99Ms && stats.p99Ms <= stats.maxMs);
