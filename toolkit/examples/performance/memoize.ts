import assert from 'node:assert/strict';
import { memoize } from '@hearth/toolkit/performance';

let computed = 0;
const square = memoize({ maxSize: 128 })((x: number) => {
  computed++;
  return x ** 2;
});
assert.deepEqual([square(4), square(4), square(5)], [16, 16, 25]);
assert.equal(computed, 2);
