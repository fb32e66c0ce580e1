import type { FailureCode } from '@hearth/contract';

/** An end of a job that was foreseen, with words for the person whose job it is. */
export class JobError extends Error {
  readonly code: FailureCode;
  /** Of the program whose end it was. */
  exitCode?: number | null;
  constructor(code: FailureCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'JobError';
    this.code = code;
  }
}
