import { AppError } from '../platform/errors.ts';
import type { RunRow } from './runs.repository.ts';

export function requireActive(run: Pick<RunRow, 'runId' | 'lifecycle'>): void {
  if (run.lifecycle !== 'active')
    throw new AppError('run.deleted', `The run ${run.runId} is deleted; restore it first.`, {
      run_id: run.runId,
    });
}

export const notFound = (runId: string): AppError =>
  new AppError('run.not_found', `Run with id=${runId} not found.`, { run_id: runId });
