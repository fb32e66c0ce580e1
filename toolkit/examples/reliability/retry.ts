import assert from 'node:assert/strict';
import { RetryConfig, RetryStrategy, retry, runWithRetry } from '@hearth/toolkit/reliability';

let calls = 0;
const flaky = async (name: string) => {
  if (++calls < 3) throw new Error('not yet');
  return `hello ${name}`;
};

// A wrapper (or, above a method, the decorator `@retry({ … })`).
const robust = retry({ maxAttempts: 3, initialDelayMs: 1 })(flaky);
assert.equal(await robust('Ada'), 'hello Ada');

// The same for one call, with the errors that are worth it and a signal that ends the wait.
const config = new RetryConfig({ maxAttempts: 5, initialDelayMs: 1, strategy: RetryStrategy.FIBONACCI });
calls = 0;
const answer = await runWithRetry(() => flaky('Bob'), config, {
  retryIf: (error) => error instanceof Error && error.message === 'not yet',
  signal: AbortSignal.timeout(5000),
});
assert.equal(answer, 'hello Bob');
