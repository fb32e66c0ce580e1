import type { FailureCode, JobEvent } from '@hearth/contract';
import { DownloadError } from '../files/download-error.ts';
import { JobError } from './job-error.ts';
import { describeExit, type Exit } from './job-exit.ts';

export type End = Omit<Extract<JobEvent, { type: 'finished' }>, 'type' | 'at'>;

/** Why this node ended a job on its own account. */
export interface Kill {
  code: FailureCode;
  message: string;
}

/** What is known when no process of a job is left. */
export interface EndFacts {
  /** How the process ended that the job began with; undefined where nobody was there to be told. */
  exit: Exit | undefined;
  /** How the program ended, where it came to its end. */
  exitCode: number | undefined;
  wasCancelled: boolean;
  wasInterrupted: boolean;
  wasDiskFull: boolean;
  /** What it was killed for by this node. */
  kill: Kill | undefined;
}

export const failed = (code: FailureCode, message: string): End => ({
  outcome: 'failed',
  error: { code, message },
});

/** An end that was ordered, or had a cause outside the job; undefined: the job has ended by itself. */
export function endFromOutside({
  wasCancelled,
  wasInterrupted,
  wasDiskFull,
  kill,
}: EndFacts): End | undefined {
  if (wasCancelled) return { outcome: 'stopped' };
  if (kill) return failed(kill.code, kill.message);
  if (wasInterrupted)
    return failed('job.interrupted', 'Hearth was stopped on this machine while the job ran.');
  if (wasDiskFull)
    return failed('storage.full', 'The disk of this machine was full, so the job could not go on.');
  return undefined;
}

/** How a program whose exit code is its own word has ended. */
export function endOfProgram(facts: EndFacts, lastWords: string): End {
  const { exitCode, exit } = facts;
  if (exitCode === 0) return { outcome: 'completed', exitCode };
  if (exitCode === undefined) return failed('job.crashed', describeExit(exit, lastWords));
  const message = describeExit({ code: exitCode, signal: null }, lastWords);
  return { ...failed('job.failed', message), exitCode };
}

/** The end of a job whose program, or what prepares it, threw this. */
export function endByError(error: unknown): End {
  if (error instanceof JobError)
    return { ...failed(error.code, error.message), exitCode: error.exitCode ?? null };
  if (error instanceof DownloadError) return failed('job.download_failed', error.message);
  if (isDiskFull(error)) return failed('storage.full', 'The disk of this machine is full.');
  const message = error instanceof Error ? error.message : String(error);
  return failed('job.failed', message || 'The job failed without saying why.');
}

export const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
