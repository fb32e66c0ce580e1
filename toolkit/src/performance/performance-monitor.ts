import { type Clock, systemClock } from '../clock.ts';
import { type DurationStats, DurationTable } from '../duration-table.ts';
import { singleton } from '../singleton.ts';
import type { Wrapper } from '../wrapper.ts';

/** Measures how long functions take, by name. */
export class PerformanceMonitor {
  readonly #durations = new DurationTable();
  readonly #clock: Clock;

  /** @param options.clock default `systemClock` */
  constructor({ clock = systemClock }: { clock?: Clock } = {}) {
    this.#clock = clock;
  }

  /**
   * Wrapper and method decorator: `const timed = monitor.measureTime('total')(total)` or
   * `@monitor.measureTime('total')`. Of a promise, the time until it settles; a failure is measured as well.
   */
  measureTime(name: string): Wrapper {
    const record = (startedMs: number) => this.#durations.add(name, this.#clock.monotonicMs() - startedMs);
    const clock = this.#clock;
    return (fn) =>
      function (...args) {
        const startedMs = clock.monotonicMs();
        let result: ReturnType<typeof fn>;
        try {
          result = fn.apply(this, args);
        } catch (error) {
          record(startedMs);
          throw error;
        }
        if (result instanceof Promise) return result.finally(() => record(startedMs)) as typeof result;
        record(startedMs);
        return result;
      };
  }

  /** Statistics of one name; undefined when nothing of that name was measured. */
  getStats(name: string): DurationStats | undefined {
    return this.#durations.stats(name);
  }

  /** Statistics of every name. */
  getAllStats(): Record<string, DurationStats> {
    return this.#durations.all();
  }
}

/** The program's one monitor, for those who want one. */
export const getPerformanceMonitor = singleton(
  (options?: { clock?: Clock }) => new PerformanceMonitor(options),
);
