import assert from 'node:assert/strict';
import { ResilientExecutor } from '@hearth/toolkit/reliability';

const executor = new ResilientExecutor({ retry: { maxAttempts: 3, initialDelayMs: 1 } });
let calls = 0;
const execution = await executor.execute(
  async (a: number, b: number) => {
    if (++calls === 1) throw new Error('once');
    return a + b;
  },
  2,
  3,
);

// It never throws: it tells.
assert(execution.success);
assert.deepEqual([execution.result, execution.attempts], [5, 2]);
