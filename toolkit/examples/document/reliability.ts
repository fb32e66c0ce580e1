/** Section 2 of the document. Functions stand in for its decorated ones: `retry(…)(f)` is `@retry(…) def f`. */
import assert from 'node:assert/strict';
import {
  CircuitBreaker,
  circuitBreaker,
  getFallbackHandler,
  getHealthChecker,
  getResilientExecutor,
  RetryConfig,
  RetryStrategy,
  retry,
} from '@hearth/toolkit/reliability';

const config = new RetryConfig({ maxAttempts: 3, initialDelayMs: 1000, strategy: RetryStrategy.EXPONENTIAL });
assert.deepEqual(
  [1, 2, 3].map((n) => config.delayMs(n)),
  [1000, 2000, 4000],
);

const someFunction = async (a: number, b: number) => a + b;
const breaker = new CircuitBreaker({ failureThreshold: 5, recoveryTimeoutMs: 60_000 });
try {
  assert.equal(await breaker.call(someFunction, 1, 2), 3);
} catch (error) {
  assert.fail(`Circuit breaker открыт: ${error}`);
}

const executor = getResilientExecutor();
const result = await executor.execute(someFunction, 1, 2);
assert.deepEqual([result.success, result.attempts], [true, 1]);

const handler = getFallbackHandler({ log: { warn: () => undefined } });
handler.registerFallback('my_func', (arg: string) => `fallback ${arg}`);
const myFunc = async (arg: string): Promise<string> => {
  throw new Error(arg);
};
assert.equal(await handler.executeWithFallback(myFunc, 'my_func', 'arg'), 'fallback arg');

const checker = getHealthChecker();
checker.registerCheck('database', async () => true);
const results = await checker.runChecks();
assert.equal(results.database?.healthy, true);
assert.equal(checker.isHealthy(), true);

const flakyFunction = retry({ maxAttempts: 3, initialDelayMs: 1 })(async () => 'ok');
const apiCall = circuitBreaker({ failureThreshold: 5 })(async () => 'ok');
assert.deepEqual(await Promise.all([flakyFunction(), apiCall()]), ['ok', 'ok']);
