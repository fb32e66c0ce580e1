import { type Clock, sleep } from '../clock.ts';
import type { TaskFunction } from './task.ts';

export type RunOutcome =
  | { status: 'completed'; result: unknown }
  | { status: 'failed'; error: unknown; timedOut: boolean };

/**
 * One run of a task. Never rejects. When the time is up its signal aborts and the run is over, though a function
 * that ignores its signal may still be at work.
 */
export async function runTask(
  run: TaskFunction,
  stop: AbortController,
  timeoutMs: number | undefined,
  clock: Clock,
): Promise<RunOutcome> {
  if (stop.signal.aborted) return { status: 'failed', error: stop.signal.reason, timedOut: false };
  const over = new AbortController();
  let timedOut = false;
  const timeout =
    timeoutMs !== undefined &&
    sleep(timeoutMs, { clock, signal: over.signal }).then(() => {
      timedOut = true;
      const error = new DOMException(`The task took longer than ${timeoutMs} ms`, 'TimeoutError');
      stop.abort(error);
      throw error;
    });
  try {
    const work = (async () => run(stop.signal))();
    return { status: 'completed', result: await (timeout ? Promise.race([work, timeout]) : work) };
  } catch (error) {
    return { status: 'failed', error, timedOut };
  } finally {
    over.abort();
  }
}
