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

export interface RunChecksOptions {
  signal?: AbortSignal;
  /** Default: all that are registered. */
  names?: readonly string[];
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

  /**
   * Runs every check, or those of `names`, and answers how they went; resolves when all have answered or run out of
   * time. Rejects only on the signal, and on a name nobody registered.
   */
  async runChecks({
    signal,
    names = [...this.#checks.keys()],
  }: RunChecksOptions = {}): Promise<Record<string, HealthResult>> {
    const ran = await Promise.all(names.map(async (name) => [name, await this.#run(name, signal)] as const));
    signal?.throwIfAborted();
    for (const [name, result] of ran) this.#results.set(name, result);
    return Object.fromEntries(ran);
  }

  /** The newest answer of each check that has run. */
  getResults(): Record<string, HealthResult> {
    return Object.fromEntries(this.#results);
  }

  /** True when every registered check has run and answered well. */
  isHealthy(): boolean {
    return [...this.#checks.keys()].every((name) => this.#results.get(name)?.healthy === true);
  }

  async #run(name: string, outer?: AbortSignal): Promise<HealthResult> {
    const registered = this.#checks.get(name);
    if (!registered) throw new RangeError(`No check is named ${name}`);
    const { check, timeoutMs } = registered;
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
