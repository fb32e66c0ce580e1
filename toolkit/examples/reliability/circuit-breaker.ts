import assert from 'node:assert/strict';
import { CircuitBreaker, CircuitOpenError, CircuitState } from '@hearth/toolkit/reliability';

const breaker = new CircuitBreaker({ failureThreshold: 2, recoveryTimeoutMs: 60_000 });
const fetchPrice = async (item: string): Promise<number> => {
  throw new Error(`no answer for ${item}`);
};

for (let i = 0; i < 2; i++) await assert.rejects(breaker.call(fetchPrice, 'tea'), /no answer/);
assert.equal(breaker.getState(), CircuitState.OPEN);

// From now on the service is left in peace.
await assert.rejects(breaker.call(fetchPrice, 'tea'), (error) => {
  assert(error instanceof CircuitOpenError);
  return error.retryAfterMs > 59_000;
});
