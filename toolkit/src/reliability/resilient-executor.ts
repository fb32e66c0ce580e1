import { type Clock, systemClock } from '../clock.ts';
import { singleton } from '../singleton.ts';
import { CircuitBreaker, type CircuitBreakerOptions, CircuitOpenError } from './circuit-breaker.ts';
import { runWithRetry } from './retry.ts';
import { RetryConfig, type RetryOptions } from './retry-config.ts';

export interface ResilientExecutorOptions {
  retry?: RetryConfig | RetryOptions;
  /** A breaker to share, or the figures of one of its own. */
  breaker?: CircuitBreaker | CircuitBreakerOptions;
  /** Default `systemClock`. */
  clock?: Clock;
}

/** How an execution went: it never throws. `attempts` counts the calls really made. */
export type Execution<T> = { attempts: number; executionTimeMs: number } & (
  | { success: true; result: T }
  | { success: false; error: unknown }
);

/** Retries around a circuit breaker. Once the circuit is open there are no more tries: waiting would be vain. */
export class ResilientExecutor {
  readonly breaker: CircuitBreaker;
  readonly #retry: RetryConfig;
  readonly #clock: Clock;

  constructor({ retry = {}, breaker = {}, clock = systemClock }: ResilientExecutorOptions = {}) {
    this.#clock = clock;
    this.#retry = retry instanceof RetryConfig ? retry : new RetryConfig(retry);
    this.breaker = breaker instanceof CircuitBreaker ? breaker : new CircuitBreaker({ clock, ...breaker });
  }

  /** Calls `fn(...args)` as often as the configuration allows. Never rejects. */
  execute<Args extends unknown[], R>(
    fn: (...args: Args) => R,
    ...args: Args
  ): Promise<Execution<Awaited<R>>> {
    return this.run(() => fn(...args));
  }

  /** As `execute`, for a function that can be called off. Never rejects. */
  async run<R>(
    fn: (signal?: AbortSignal) => R,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<Execution<Awaited<R>>> {
    const startedMs = this.#clock.monotonicMs();
    let attempts = 0;
    const spent = () => ({ attempts, executionTimeMs: this.#clock.monotonicMs() - startedMs });
    const attempt = () =>
      this.breaker.call(() => {
        attempts++;
        return fn(signal);
      });
    const retryIf = (error: unknown) => !(error instanceof CircuitOpenError);
    try {
      const result = await runWithRetry(attempt, this.#retry, { clock: this.#clock, signal, retryIf });
      return { success: true, result, ...spent() };
    } catch (error) {
      return { success: false, error, ...spent() };
    }
  }
}

/** The program's one executor, for those who want one. */
export const getResilientExecutor = singleton(
  (options?: ResilientExecutorOptions) => new ResilientExecutor(options),
);
