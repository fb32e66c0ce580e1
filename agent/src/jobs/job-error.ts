/** An end of a job that was foreseen, with words for the person whose job it is. */
export class JobError extends Error {
  readonly code: string;
  /** Of the program whose end it was. */
  exitCode?: number | null;
  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'JobError';
    this.code = code;
  }
}
