import assert from 'node:assert/strict';
import { SmartCache } from '@hearth/toolkit/performance';

const cache = new SmartCache<string, number>({ maxSize: 2, ttlMs: 60_000 });
cache.set('a', 1);
cache.set('b', 2);
cache.set('a', 3);
cache.set('c', 4);
assert.equal(cache.get('b'), undefined);
assert.deepEqual([cache.get('a'), cache.get('c')], [3, 4]);
assert.equal(cache.getStats().hitRate, 2 / 3);
