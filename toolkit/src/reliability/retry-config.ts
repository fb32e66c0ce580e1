/** How the delay grows from attempt to attempt. */
export const RetryStrategy = {
  /** 1, 2, 3, 4 … times the first delay */
  LINEAR: 'linear',
  /** 1, 2, 4, 8 … times the first delay */
  EXPONENTIAL: 'exponential',
  /** 1, 1, 2, 3, 5 … times the first delay */
  FIBONACCI: 'fibonacci',
  /** uniform between the first delay and the cap */
  RANDOM: 'random',
} as const;
export type RetryStrategy = (typeof RetryStrategy)[keyof typeof RetryStrategy];

export interface RetryOptions {
  /** Calls in all, the first included. Default 3. */
  maxAttempts?: number;
  /** Delay after the first failure. Default 1000. */
  initialDelayMs?: number;
  /** No delay is longer. Default 60 000. */
  maxDelayMs?: number;
  /** Default `exponential`. */
  strategy?: RetryStrategy;
  /**
   * `full`: the wait is uniform between 0 and what the strategy says, so that many clients cut off together do not come
   * back together (AWS Architecture Blog, "Exponential Backoff And Jitter"). Default `none`.
   */
  jitter?: 'none' | 'full';
  /** Numbers in [0, 1) for the random strategy and for jitter. Default `Math.random`. */
  random?: () => number;
}

const fibonacci = (n: number): number => {
  let [current, next] = [1, 1];
  for (let i = 1; i < n; i++) [current, next] = [next, current + next];
  return current;
};

/** How often to try and how long to wait between tries. Throws a RangeError for figures that make no sense. */
export class RetryConfig {
  readonly maxAttempts: number;
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
  readonly strategy: RetryStrategy;
  readonly jitter: 'none' | 'full';
  readonly #random: () => number;

  constructor(options: RetryOptions = {}) {
    this.maxAttempts = options.maxAttempts ?? 3;
    this.initialDelayMs = options.initialDelayMs ?? 1000;
    this.maxDelayMs = options.maxDelayMs ?? 60_000;
    this.strategy = options.strategy ?? RetryStrategy.EXPONENTIAL;
    this.jitter = options.jitter ?? 'none';
    this.#random = options.random ?? Math.random;
    if (!Number.isInteger(this.maxAttempts) || this.maxAttempts < 1)
      throw new RangeError('maxAttempts must be a whole number from 1');
    if (!(this.initialDelayMs >= 0)) throw new RangeError('initialDelayMs must not be negative');
    if (!(this.maxDelayMs >= this.initialDelayMs))
      throw new RangeError('maxDelayMs must not be below initialDelayMs');
  }

  /** Milliseconds to wait after failure number `failure` (1, 2, 3 …), never above the cap. */
  delayMs(failure: number): number {
    const delayMs = Math.min(this.maxDelayMs, this.#uncappedMs(failure));
    return this.jitter === 'full' ? this.#random() * delayMs : delayMs;
  }

  #uncappedMs(failure: number): number {
    switch (this.strategy) {
      case 'linear':
        return this.initialDelayMs * failure;
      case 'exponential':
        return this.initialDelayMs * 2 ** (failure - 1);
      case 'fibonacci':
        return this.initialDelayMs * fibonacci(failure);
      case 'random':
        return this.initialDelayMs + this.#random() * (this.maxDelayMs - this.initialDelayMs);
    }
  }
}
