import { LRUCache } from 'lru-cache';
import { type Clock, systemClock } from '../clock.ts';
import { SecurityPolicy } from './security-policy.ts';

export type Admission = { allowed: true } | { allowed: false; retryAfterMs: number };

export interface RateLimiterOptions {
  /** Callers remembered; one more forgets the one heard of longest ago. Default 10 000. */
  maxKeys?: number;
  /** Default `systemClock`. */
  clock?: Clock;
}

const windowsMs = [60_000, 3_600_000] as const;

/**
 * So many calls a minute and an hour, for each caller. The windows slide: in no 60 s and no 3600 s do more pass.
 * Refused calls do not count. Costs 8 bytes for each call of the last hour.
 */
export class RateLimiter {
  readonly #policy: SecurityPolicy;
  readonly #clock: Clock;
  readonly #calls: LRUCache<string, number[]>;

  constructor(
    policy = new SecurityPolicy(),
    { maxKeys = 10_000, clock = systemClock }: RateLimiterOptions = {},
  ) {
    this.#policy = policy;
    this.#clock = clock;
    this.#calls = new LRUCache({ max: maxKeys });
  }

  /** Counts a call of `key` when it is allowed; else says when to come back. */
  check(key: string): Admission {
    const nowMs = this.#clock.monotonicMs();
    const calls = this.#calls.get(key) ?? [];
    const forgotten = calls.findIndex((atMs) => atMs > nowMs - windowsMs[1]);
    calls.splice(0, forgotten === -1 ? calls.length : forgotten);
    const limits = [this.#policy.rateLimitPerMinute, this.#policy.rateLimitPerHour];
    const waits = limits.map((limit, i) => {
      if (limit <= 0) return windowsMs[i]!;
      const oldest = calls.at(-limit);
      return oldest === undefined ? 0 : oldest + windowsMs[i]! - nowMs;
    });
    const retryAfterMs = Math.max(...waits);
    if (retryAfterMs > 0) return { allowed: false, retryAfterMs };
    calls.push(nowMs);
    this.#calls.set(key, calls);
    return { allowed: true };
  }
}
