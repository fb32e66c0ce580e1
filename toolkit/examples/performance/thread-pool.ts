import assert from 'node:assert/strict';
import { ThreadPool } from '@hearth/toolkit/performance';

const pool = new ThreadPool({ maxWorkers: 2 });

// A self-contained function: it travels as its source text and sees nothing of this file.
const sum = pool.submit((upTo: number) => {
  let total = 0;
  for (let i = 1; i <= upTo; i++) total += i;
  return total;
}, 1_000_000);
assert.equal(await sum.result(), 500_000_500_000);

// Buffers can move instead of being copied; a task can be called off while it runs.
const bytes = new Uint8Array(1_000_000).fill(1);
const length = pool.run((b: Uint8Array) => b.length, { args: [bytes], transfer: [bytes.buffer] });
assert.equal(await length.result(), 1_000_000);
assert.equal(bytes.length, 0);

const endless = pool.submit(() => {
  for (;;);
});
endless.cancel();
await assert.rejects(endless.result(), { name: 'AbortError' });
await pool.close();
