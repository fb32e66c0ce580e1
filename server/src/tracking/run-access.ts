import type { Caller } from '../platform/access.ts';
import { AppError } from '../platform/errors.ts';
import type { RunRow } from './runs.repository.ts';

/** Whether a caller may write to a run: the process of a job only to its own, and to those it made. */
export const requireOwn =
  (caller: Caller) =>
  (run: Pick<RunRow, 'runId' | 'jobId'>): void => {
    if (caller.kind !== 'job' || run.jobId === caller.id || run.runId === caller.runId) return;
    throw new AppError('auth.forbidden', 'A job may write only to its own run and to runs it made.', {
      run_id: run.runId,
    });
  };
