import { sleep, type Waiting } from '../clock.ts';
import type { AsyncWrapper } from '../wrapper.ts';
import { RetryConfig, type RetryOptions } from './retry-config.ts';

export interface RetryRules extends Waiting {
  /** Which errors are worth another try. Default: all. */
  retryIf?: (error: unknown) => boolean;
  /** Told before each wait. */
  onRetry?: (error: unknown, failure: number, delayMs: number) => void;
}

/**
 * Calls `fn` until it succeeds, an error is not worth another try, or the attempts are used up; then throws the
 * last error. `fn` gets the number of the attempt (from 1) and the signal. An abort ends the wait at once, and
 * `fn` is not called again.
 */
export async function runWithRetry<T>(
  fn: (attempt: number, signal?: AbortSignal) => T | Promise<T>,
  config: RetryConfig = new RetryConfig(),
  rules: RetryRules = {},
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    rules.signal?.throwIfAborted();
    try {
      return await fn(attempt, rules.signal);
    } catch (error) {
      const worthIt =
        attempt < config.maxAttempts && !rules.signal?.aborted && (rules.retryIf?.(error) ?? true);
      if (!worthIt) throw error;
      const delayMs = config.delayMs(attempt);
      rules.onRetry?.(error, attempt, delayMs);
      await sleep(delayMs, rules);
    }
  }
}

/**
 * Wrapper and method decorator: the function is called again when it fails, as `RetryConfig` says.
 *
 * `const robust = retry({ maxAttempts: 3 })(flaky)` or `@retry({ maxAttempts: 3 })`.
 */
export function retry(options: RetryOptions & RetryRules = {}): AsyncWrapper {
  const config = new RetryConfig(options);
  return (fn) =>
    function (...args) {
      return runWithRetry(() => fn.apply(this, args), config, options);
    };
}
