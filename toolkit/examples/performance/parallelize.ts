import assert from 'node:assert/strict';
import { parallelize } from '@hearth/toolkit/performance';

const squares = parallelize({ numWorkers: 2 })((items: number[]) => items.map((x) => x ** 2));
assert.deepEqual(await squares([1, 2, 3, 4, 5]), [1, 4, 9, 16, 25]);
