import type { JobEvent, LogLevel } from '@hearth/contract';
import type { JobConfig } from '../config.ts';
import type { Folders } from '../folders.ts';
import type { Assignment, JobDirectory } from './job-directory.ts';

type Untimed<T> = T extends unknown ? Omit<T, 'at'> : never;

/** Writes an event to the job's journal, with the time of now. */
export type Tell = (event: Untimed<JobEvent>) => void;

/** What the program of a job has to work with. */
export interface JobContext {
  assignment: Assignment;
  directory: JobDirectory;
  cache: Pick<Folders, 'cache' | 'pulls' | 'code' | 'python'>;
  config: JobConfig;
  /** Aborted when the job shall stop. */
  signal: AbortSignal;
  tell: Tell;
  log: (level: LogLevel, message: string) => void;
}

/** Does the work; what it answers is the result the server keeps. A JobError's words are shown to people as they are. */
export type JobProgram = (context: JobContext) => Promise<Record<string, unknown>>;

/** Tells how many bytes are done, at most twice a second, and the last of them in any case. */
export function createProgress(context: JobContext, everyMs = 500) {
  let toldAt = Number.NEGATIVE_INFINITY;
  return (done: number, total: number | null) => {
    const now = performance.now();
    if (now - toldAt < everyMs && done !== total) return;
    toldAt = now;
    context.tell({ type: 'progress', progress: { done, total, unit: 'bytes' } });
  };
}
