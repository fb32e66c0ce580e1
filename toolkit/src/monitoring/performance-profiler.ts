import { type Clock, systemClock } from '../clock.ts';
import { type DurationStats, DurationTable } from '../duration-table.ts';

/** Statistics of durations that were measured elsewhere, or by `time`. */
export class PerformanceProfiler {
  readonly #durations = new DurationTable();
  readonly #clock: Clock;

  /** @param options.clock default `systemClock` */
  constructor({ clock = systemClock }: { clock?: Clock } = {}) {
    this.#clock = clock;
  }

  /** @throws RangeError when `durationMs` is negative or no number */
  measure(name: string, durationMs: number): void {
    this.#durations.add(name, durationMs);
  }

  /** Calls `fn` and measures how long it took, also when it failed. */
  async time<R>(name: string, fn: () => R): Promise<Awaited<R>> {
    const startedMs = this.#clock.monotonicMs();
    try {
      return await fn();
    } finally {
      this.measure(name, this.#clock.monotonicMs() - startedMs);
    }
  }

  /** Undefined when nothing of that name was measured. */
  getPerformanceStats(name: string): DurationStats | undefined {
    return this.#durations.stats(name);
  }

  /** Statistics of every name. */
  getAllStats(): Record<string, DurationStats> {
    return this.#durations.all();
  }
}
