/** Among tasks that are due the higher one runs first. */
export const TaskPriority = { LOW: 0, NORMAL: 1, HIGH: 2, CRITICAL: 3 } as const;
export type TaskPriority = (typeof TaskPriority)[keyof typeof TaskPriority];

/** What a task is to do; the signal aborts when it is cancelled, out of time, or the scheduler stops. */
export type TaskFunction = (signal: AbortSignal) => unknown;

export interface TaskOptions {
  /** For people. Default: the function's name. */
  name?: string;
  /** Default NORMAL. */
  priority?: TaskPriority;
  /** Wait before the first run. Default 0. Not with `cron`. */
  delayMs?: number;
  /** Run again every `intervalMs`. Default false. */
  repeat?: boolean;
  /** From one start to the next; needed with `repeat`. A start that is missed is left out. */
  intervalMs?: number;
  /** A cron pattern (5 or 6 fields) that says when to run, again and again. */
  cron?: string;
  /** Time zone of the pattern. Default UTC. */
  timezone?: string;
  /** Longest run: its signal aborts and the run counts as failed. Default: none. */
  timeoutMs?: number;
}

/** What is known of a task. Times are UTC, ISO 8601. */
export type TaskStatus = {
  id: string;
  name: string;
  priority: TaskPriority;
  /** Runs that ended. */
  runs: number;
  /** Runs among them that failed. */
  failures: number;
  lastError?: unknown;
} & TaskState;

export type TaskState =
  | { status: 'pending'; nextRunAt: string }
  | { status: 'running'; startedAt: string }
  | { status: 'completed'; finishedAt: string; result: unknown }
  | { status: 'failed'; finishedAt: string; error: unknown }
  | { status: 'cancelled'; finishedAt: string };
