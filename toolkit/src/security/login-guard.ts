import { LRUCache } from 'lru-cache';
import { type Clock, systemClock } from '../clock.ts';
import type { Admission } from './rate-limiter.ts';
import { SecurityPolicy } from './security-policy.ts';

export interface LoginGuardOptions {
  /** Names remembered; one more forgets the one heard of longest ago. Default 10 000. */
  maxKeys?: number;
  /** Default `systemClock`. */
  clock?: Clock;
}

interface Attempts {
  failures: number;
  lockedUntilMs: number;
}

/**
 * Locks a key after so many failed logins in a row, for a while. Take user and address together as the key, so
 * that a stranger cannot lock the owner out.
 */
export class LoginGuard {
  readonly #policy: SecurityPolicy;
  readonly #clock: Clock;
  readonly #attempts: LRUCache<string, Attempts>;

  constructor(
    policy = new SecurityPolicy(),
    { maxKeys = 10_000, clock = systemClock }: LoginGuardOptions = {},
  ) {
    this.#policy = policy;
    this.#clock = clock;
    this.#attempts = new LRUCache({ max: maxKeys });
  }

  /** Whether a login may be tried now. */
  check(key: string): Admission {
    const retryAfterMs = (this.#attempts.get(key)?.lockedUntilMs ?? 0) - this.#clock.monotonicMs();
    return retryAfterMs > 0 ? { allowed: false, retryAfterMs } : { allowed: true };
  }

  /** Counts a failed login; the last allowed one locks. */
  recordFailure(key: string): void {
    const failures = (this.#attempts.get(key)?.failures ?? 0) + 1;
    const locks = failures >= this.#policy.maxLoginAttempts;
    const lockedUntilMs = locks ? this.#clock.monotonicMs() + this.#policy.lockoutMs : 0;
    this.#attempts.set(key, { failures: locks ? 0 : failures, lockedUntilMs });
  }

  /** Forgets the failures. */
  recordSuccess(key: string): void {
    this.#attempts.delete(key);
  }
}
