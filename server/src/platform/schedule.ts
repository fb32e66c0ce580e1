import { TaskScheduler, type TaskSchedulerOptions, type TaskStatus } from '@hearth/toolkit/features';
import type { Log } from './log.ts';

interface TaskTimes {
  everyMs: number;
  /** Default: as long as from one run to the next. */
  firstAfterMs?: number;
}

/**
 * What this process does again and again by itself. It begins when the app is ready and ends before anything is taken
 * down; no task overlaps itself. A run that fails is logged, and the next comes in its time.
 */
export class Schedule {
  readonly #scheduler: TaskScheduler;
  readonly #log: Log;
  constructor(log: Log, clock?: TaskSchedulerOptions['clock']) {
    this.#log = log;
    // More than there are tasks: what waits for the database must not keep the others waiting.
    this.#scheduler = new TaskScheduler({ maxConcurrent: 100, ...(clock && { clock }) });
  }

  add(
    name: string,
    { everyMs, firstAfterMs = everyMs }: TaskTimes,
    run: (signal: AbortSignal) => unknown,
  ): void {
    const task = async (signal: AbortSignal) => {
      try {
        await run(signal);
      } catch (err) {
        if (!signal.aborted) this.#log.warn({ err, task: name }, 'A task of the schedule failed this time.');
        throw err;
      }
    };
    this.#scheduler.scheduleTask(task, { name, repeat: true, intervalMs: everyMs, delayMs: firstAfterMs });
  }

  start(): void {
    this.#scheduler.start();
  }

  /** Ends what runs, and waits for it. */
  stop(): Promise<void> {
    return this.#scheduler.stop();
  }

  tasks(): TaskStatus[] {
    return this.#scheduler.listTasks();
  }
}
