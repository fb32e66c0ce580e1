import { type Clock, sleep, systemClock } from '../clock.ts';
import { singleton } from '../singleton.ts';
import { Heap } from './heap.ts';
import type { TaskFunction, TaskOptions, TaskState, TaskStatus } from './task.ts';
import { TaskPriority } from './task.ts';
import { runTask } from './task-run.ts';
import { type TaskTiming, taskTiming } from './task-timing.ts';

export interface TaskSchedulerOptions {
  /** Tasks that run at the same time. Default 4. */
  maxConcurrent?: number;
  /** Finished tasks whose status is kept. Default 1000. */
  keepFinished?: number;
  /** Default `systemClock`. */
  clock?: Clock;
}

interface Task {
  id: string;
  order: number;
  name: string;
  priority: TaskPriority;
  run: TaskFunction;
  timing: TaskTiming;
  timeoutMs: number | undefined;
  dueMs: number;
  runs: number;
  failures: number;
  lastError?: unknown;
  cancelled: boolean;
  state: TaskState;
  stop?: AbortController;
}

/** Cron times are looked at again this often, so that a jump of the wall clock is noticed. */
const recheckMs = 30_000;
const jumpMs = 1000;

/**
 * Runs functions later, repeatedly or by cron, in this process. Delays and intervals follow the monotonic clock;
 * cron follows the wall, and when the wall jumps its next time is worked out anew (what was jumped over is left
 * out). Among due tasks the higher priority goes first, then the earlier due. What must survive a restart
 * belongs into a queue with a database.
 */
export class TaskScheduler {
  readonly #clock: Clock;
  readonly #maxConcurrent: number;
  readonly #keepFinished: number;
  readonly #tasks = new Map<string, Task>();
  readonly #finished: string[] = [];
  readonly #waiting = new Heap<Task>(
    (a, b) => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order),
  );
  readonly #ready = new Heap<Task>(goesFirst);
  readonly #running = new Map<Task, Promise<void>>();
  #cancelled = 0;
  #started = false;
  #count = 0;
  #wallOffsetMs: number;
  #cancelTimer: (() => void) | undefined;

  constructor({ maxConcurrent = 4, keepFinished = 1000, clock = systemClock }: TaskSchedulerOptions = {}) {
    if (!(maxConcurrent >= 1)) throw new RangeError('maxConcurrent must be at least 1');
    this.#maxConcurrent = maxConcurrent;
    this.#keepFinished = keepFinished;
    this.#clock = clock;
    this.#wallOffsetMs = clock.now() - clock.monotonicMs();
  }

  /** Begins to run tasks, until `stop` or the signal. Starting twice is starting once. */
  start({ signal }: { signal?: AbortSignal } = {}): void {
    if (this.#started || signal?.aborted) return;
    this.#started = true;
    signal?.addEventListener('abort', () => void this.stop(), { once: true });
    this.#pump();
  }

  /**
   * Starts nothing more, aborts what runs and waits for it, `graceMs` at most. Pending tasks stay pending: `start`
   * goes on with them.
   */
  async stop({ graceMs = 5000 }: { graceMs?: number } = {}): Promise<void> {
    this.#started = false;
    this.#cancelTimer?.();
    const ending = [...this.#running].map(([task, done]) => {
      task.stop?.abort();
      return done;
    });
    const over = new AbortController();
    const grace = sleep(graceMs, { clock: this.#clock, signal: over.signal }).catch(() => undefined);
    await Promise.race([Promise.all(ending), grace]);
    over.abort();
  }

  /** Adds a task and returns its id. @throws RangeError or TypeError for options that make no sense */
  scheduleTask(run: TaskFunction, options: TaskOptions = {}): string {
    const timing = taskTiming(options);
    const dueMs = timing.first(this.#clock);
    if (dueMs === undefined) throw new RangeError('The cron pattern never comes to pass');
    const order = ++this.#count;
    const task: Task = {
      id: `task-${order}`,
      order,
      name: options.name ?? (run.name || 'task'),
      priority: options.priority ?? TaskPriority.NORMAL,
      run,
      timing,
      timeoutMs: options.timeoutMs,
      dueMs,
      runs: 0,
      failures: 0,
      cancelled: false,
      state: { status: 'pending', nextRunAt: '' },
    };
    this.#tasks.set(task.id, task);
    this.#wait(task, dueMs);
    this.#pump();
    return task.id;
  }

  /**
   * Calls a task off; one that runs is aborted, and is `running` until it has ended. False when it is unknown or
   * over.
   */
  cancelTask(id: string): boolean {
    const task = this.#tasks.get(id);
    if (!task || task.cancelled || !['pending', 'running'].includes(task.state.status)) return false;
    task.cancelled = true;
    if (task.stop) task.stop.abort();
    else {
      this.#finish(task, { status: 'cancelled', finishedAt: this.#wallTime() });
      this.#forgetCancelled();
    }
    return true;
  }

  /** Undefined when the id is unknown, or finished so long ago that it was forgotten. */
  getTaskStatus(id: string): TaskStatus | undefined {
    const task = this.#tasks.get(id);
    if (!task) return undefined;
    const { name, priority, runs, failures, lastError } = task;
    return {
      id,
      name,
      priority,
      runs,
      failures,
      ...(lastError !== undefined && { lastError }),
      ...task.state,
    };
  }

  listTasks(): TaskStatus[] {
    return [...this.#tasks.keys()].map((id) => this.getTaskStatus(id)!);
  }

  #wait(task: Task, dueMs: number): void {
    task.dueMs = dueMs;
    const nextRunAt = this.#wallTime(dueMs - this.#clock.monotonicMs());
    task.state = { status: 'pending', nextRunAt };
    this.#waiting.push(task);
  }

  /** Starts what is due and sets the timer for what comes next. */
  #pump(): void {
    this.#cancelTimer?.();
    if (!this.#started) return;
    this.#noticeJump();
    const nowMs = this.#clock.monotonicMs();
    for (
      let next = this.#waiting.peek();
      next && (next.cancelled || next.dueMs <= nowMs);
      next = this.#waiting.peek()
    ) {
      this.#waiting.pop();
      if (!next.cancelled) this.#ready.push(next);
    }
    while (this.#running.size < this.#maxConcurrent && this.#ready.size > 0) {
      const task = this.#ready.pop()!;
      if (!task.cancelled) this.#running.set(task, this.#execute(task));
    }
    const next = this.#waiting.peek();
    if (next)
      this.#cancelTimer = this.#clock.after(Math.min(next.dueMs - nowMs, recheckMs), () => this.#pump());
  }

  async #execute(task: Task): Promise<void> {
    task.state = { status: 'running', startedAt: this.#wallTime() };
    task.stop = new AbortController();
    await Promise.resolve();
    const outcome = await runTask(task.run, task.stop, task.timeoutMs, this.#clock);
    const aborted = task.stop.signal.aborted && outcome.status === 'failed' && !outcome.timedOut;
    task.stop = undefined;
    this.#running.delete(task);
    if (!aborted) task.runs++;
    if (!aborted && outcome.status === 'failed') {
      task.failures++;
      task.lastError = outcome.error;
    }
    const nextDueMs = task.cancelled ? undefined : task.timing.next(this.#clock, task.dueMs);
    const finishedAt = this.#wallTime();
    if (nextDueMs !== undefined) this.#wait(task, nextDueMs);
    else if (task.cancelled || aborted) this.#finish(task, { status: 'cancelled', finishedAt });
    else if (outcome.status === 'failed')
      this.#finish(task, { status: 'failed', finishedAt, error: outcome.error });
    else this.#finish(task, { status: 'completed', finishedAt, result: outcome.result });
    this.#pump();
  }

  #finish(task: Task, state: TaskState): void {
    task.state = state;
    this.#finished.push(task.id);
    if (this.#finished.length > this.#keepFinished) this.#tasks.delete(this.#finished.shift()!);
  }

  #noticeJump(): void {
    const offsetMs = this.#clock.now() - this.#clock.monotonicMs();
    const jumped = Math.abs(offsetMs - this.#wallOffsetMs) > jumpMs;
    this.#wallOffsetMs = offsetMs;
    if (!jumped) return;
    for (const task of this.#drainWaiting()) {
      if (task.cancelled) continue;
      const dueMs = task.timing.followsWall ? task.timing.first(this.#clock) : task.dueMs;
      if (dueMs === undefined) this.#finish(task, { status: 'cancelled', finishedAt: this.#wallTime() });
      else this.#wait(task, dueMs);
    }
  }

  #drainWaiting(): Task[] {
    const waiting: Task[] = [];
    for (let task = this.#waiting.pop(); task; task = this.#waiting.pop()) waiting.push(task);
    return waiting;
  }

  /** Cancelled tasks leave the heap when their time comes, or together once they are the larger part of it. */
  #forgetCancelled(): void {
    if (++this.#cancelled < 100 || this.#cancelled < this.#waiting.size / 2) return;
    this.#cancelled = 0;
    for (const task of this.#drainWaiting()) if (!task.cancelled) this.#waiting.push(task);
  }

  #wallTime(inMs = 0): string {
    return new Date(this.#clock.now() + inMs).toISOString();
  }
}

function goesFirst(a: Task, b: Task): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority;
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}

/** The program's one scheduler, for those who want one. */
export const getTaskScheduler = singleton((options?: TaskSchedulerOptions) => new TaskScheduler(options));
