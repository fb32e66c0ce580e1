import { type Clock, systemClock } from '../clock.ts';
import { type AsyncWrapper, isAbort } from '../wrapper.ts';

/** The three states of a breaker. */
export const CircuitState = { CLOSED: 'closed', OPEN: 'open', HALF_OPEN: 'half_open' } as const;
export type CircuitState = (typeof CircuitState)[keyof typeof CircuitState];

/** The call was not made: the circuit is open, or its one trial call is under way. */
export class CircuitOpenError extends Error {
  override readonly name = 'CircuitOpenError';
  readonly code = 'circuit.open';
  /** Milliseconds until a trial may pass; 0 while one is under way. */
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super('The circuit is open: the call was not made');
    this.retryAfterMs = retryAfterMs;
  }
}

export interface CircuitBreakerOptions {
  /** Failures in a row that open the circuit. Default 5. */
  failureThreshold?: number;
  /** Rest before a trial call is let through. Default 60 000. */
  recoveryTimeoutMs?: number;
  /** Which errors speak against the service. Default: all. Others (a 404, say) count as an answer. */
  isFailure?: (error: unknown) => boolean;
  onStateChange?: (state: CircuitState) => void;
  /** Default `systemClock`. */
  clock?: Clock;
}

type Inner =
  | { name: 'closed'; failures: number }
  | { name: 'open'; untilMs: number }
  | { name: 'half_open'; trialRunning: boolean };

/**
 * Stops calling a service that keeps failing. Closed: calls pass, a success clears the count of failures.
 * Open: calls are refused with `CircuitOpenError`. After the rest: exactly one trial call passes (others are
 * refused, they do not queue), and its outcome closes the circuit or opens it for another rest. A call its own
 * caller aborted says nothing either way. Outcomes of calls that began before the last change of state are
 * dropped.
 */
export class CircuitBreaker {
  readonly #threshold: number;
  readonly #recoveryMs: number;
  readonly #options: CircuitBreakerOptions;
  readonly #clock: Clock;
  #inner: Inner = { name: 'closed', failures: 0 };

  constructor(options: CircuitBreakerOptions = {}) {
    this.#threshold = options.failureThreshold ?? 5;
    this.#recoveryMs = options.recoveryTimeoutMs ?? 60_000;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    if (!(this.#threshold >= 1)) throw new RangeError('failureThreshold must be at least 1');
  }

  /** The state now; `half_open` as soon as the rest is over, though no call has come yet. */
  getState(): CircuitState {
    const rested = this.#inner.name === 'open' && this.#clock.monotonicMs() >= this.#inner.untilMs;
    return rested ? 'half_open' : this.#inner.name;
  }

  /** Calls `fn(...args)` if the circuit lets it. @throws CircuitOpenError, or what `fn` throws */
  async call<Args extends unknown[], R>(fn: (...args: Args) => R, ...args: Args): Promise<Awaited<R>> {
    const admitted = this.#inner.name === 'closed' ? this.#inner : this.#admitTrial();
    let result: Awaited<R>;
    try {
      result = await fn(...args);
    } catch (error) {
      if (this.#inner === admitted) this.#onError(error, admitted);
      throw error;
    }
    if (this.#inner === admitted) this.#onSuccess(admitted);
    return result;
  }

  /** Closes the circuit and forgets the failures. */
  reset(): void {
    this.#enter({ name: 'closed', failures: 0 });
  }

  #admitTrial(): Inner {
    if (this.#inner.name === 'open') {
      const leftMs = this.#inner.untilMs - this.#clock.monotonicMs();
      if (leftMs > 0) throw new CircuitOpenError(leftMs);
      this.#enter({ name: 'half_open', trialRunning: false });
    }
    const inner = this.#inner;
    if (inner.name === 'half_open') {
      if (inner.trialRunning) throw new CircuitOpenError(0);
      inner.trialRunning = true;
    }
    return inner;
  }

  #onSuccess(admitted: Inner): void {
    if (admitted.name === 'closed') admitted.failures = 0;
    else this.reset();
  }

  #onError(error: unknown, admitted: Inner): void {
    if (isAbort(error)) {
      if (admitted.name === 'half_open') admitted.trialRunning = false;
      return;
    }
    const failed = this.#options.isFailure?.(error) ?? true;
    if (!failed) this.#onSuccess(admitted);
    else if (admitted.name === 'half_open') this.#open();
    else if (admitted.name === 'closed' && ++admitted.failures >= this.#threshold) this.#open();
  }

  #open(): void {
    this.#enter({ name: 'open', untilMs: this.#clock.monotonicMs() + this.#recoveryMs });
  }

  #enter(next: Inner): void {
    const changed = this.#inner.name !== next.name;
    this.#inner = next;
    if (changed) this.#options.onStateChange?.(next.name);
  }
}

/**
 * Wrapper and method decorator: all calls of the function share one breaker (of a method: all instances).
 *
 * `const guarded = circuitBreaker({ failureThreshold: 5 })(fetchPrice)`.
 */
export function circuitBreaker(options: CircuitBreakerOptions = {}): AsyncWrapper {
  const breaker = new CircuitBreaker(options);
  return (fn) =>
    function (...args) {
      return breaker.call(() => fn.apply(this, args));
    };
}
