import { Cron } from 'croner';
import type { Clock } from '../clock.ts';
import type { TaskOptions } from './task.ts';

/** When a task runs, in monotonic milliseconds; undefined: never again. */
export interface TaskTiming {
  first(clock: Clock): number | undefined;
  next(clock: Clock, lastDueMs: number): number | undefined;
  /** True when the times come from the wall clock, so a jump of it moves them. */
  readonly followsWall: boolean;
}

const nextOf = (cron: Cron) => (clock: Clock) => {
  const at = cron.nextRun(new Date(clock.now()));
  return at ? clock.monotonicMs() + at.getTime() - clock.now() : undefined;
};

/** @throws TypeError for a bad pattern, RangeError for figures that make no sense */
export function taskTiming({
  delayMs = 0,
  repeat = false,
  intervalMs,
  cron,
  timezone,
}: TaskOptions): TaskTiming {
  if (cron !== undefined) {
    const next = nextOf(new Cron(cron, { paused: true, timezone: timezone ?? 'UTC' }));
    return { first: next, next, followsWall: true };
  }
  if (!(delayMs >= 0)) throw new RangeError('delayMs must not be negative');
  const first = (clock: Clock) => clock.monotonicMs() + delayMs;
  if (!repeat) return { first, next: () => undefined, followsWall: false };
  if (!(intervalMs !== undefined && intervalMs > 0))
    throw new RangeError('A repeated task needs an intervalMs above 0');
  return {
    first,
    next: (clock, lastDueMs) => {
      const steps = Math.ceil((clock.monotonicMs() - lastDueMs) / intervalMs);
      return lastDueMs + Math.max(1, steps) * intervalMs;
    },
    followsWall: false,
  };
}
