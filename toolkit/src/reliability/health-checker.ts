import { type Clock, sleep, systemClock } from '../clock.ts';
import { singleton } from '../singleton.ts';

/** Says how a component is: `false` or an error is unhealthy, anything else healthy. */
export type HealthCheck = (signal: AbortSignal) => unknown;

export interface HealthResult {
  healthy: boolean;
  durationMs: number;
  /** UTC, ISO 8601. */
  checkedAt: string;
  /** Why not, when unhealthy. */
  error?: string;
}

export interface HealthCheckerOptions {
  /** A check that takes longer is unhealthy. Default 5000. */
  timeoutMs?: number;
  /** Default `systemClock`. */
  clock?: Clock;
}

/** Asks components how they are, all at once; one that throws or hangs is unhealthy and harms no other. */
export class HealthChecker {
  readonly #checks = new Map<string, { check: HealthCheck; timeoutMs: number }>();
  readonly #results = new Map<string, HealthResult>();
  readonly #timeoutMs: number;
  readonly #clock: Clock;

  constructor({ timeoutMs = 5000, clock = systemClock }: HealthCheckerOptions = {}) {
    this.#timeoutMs = timeoutMs;
    this.#clock = clock;
  }

  /** Adds a check, or replaces the one of that name. */
  registerCheck(name: string, check: HealthCheck, { timeoutMs = this.#timeoutMs } = {}): void {
    this.#checks.set(name, { check, timeoutMs });
    this.#results.delete(name);
  }

  /** Runs every check; resolves when all have answered or run out of time. Rejects only on the signal. */
  async runChecks({ signal }: { signal?: AbortSignal } = {}): Promise<Record<string, HealthResult>> {
    const names = [...this.#checks.keys()];
    const results = await Promise.all(names.map((name) => this.#run(name, signal)));
    signal?.throwIfAborted();
    names.forEach((name, i) => {
      this.#results.set(name, results[i]!);
    });
    return this.getResults();
  }

  /** The answers of the last run. */
  getResults(): Record<string, HealthResult> {
    return Object.fromEntries(this.#results);
  }

  /** True when every registered check has run and answered well. */
  isHealthy(): boolean {
    return [...this.#checks.keys()].every((name) => this.#results.get(name)?.healthy === true);
  }

  async #run(name: string, outer?: AbortSignal): Promise<HealthResult> {
    const { check, timeoutMs } = this.#checks.get(name)!;
    const over = new AbortController();
    const signal = outer ? AbortSignal.any([over.signal, outer]) : over.signal;
    const startedMs = this.#clock.monotonicMs();
    let error: string | undefined;
    try {
      const late = sleep(timeoutMs, { clock: this.#clock, signal }).then(() => {
        throw new Error(`no answer within ${timeoutMs} ms`);
      });
      const answer = await Promise.race([late, (async () => check(signal))()]);
      if (answer === false) error = 'the check said no';
    } catch (thrown) {
      error = thrown instanceof Error ? thrown.message : String(thrown);
    } finally {
      over.abort();
    }
    const durationMs = this.#clock.monotonicMs() - startedMs;
    const checkedAt = new Date(this.#clock.now()).toISOString();
    return { healthy: error === undefined, durationMs, checkedAt, ...(error !== undefined && { error }) };
  }
}

/** The program's one checker, for those who want one. */
export const getHealthChecker = singleton((options?: HealthCheckerOptions) => new HealthChecker(options));
