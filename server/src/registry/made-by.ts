import type { Caller } from '../platform/access.ts';

/** The run that made a file: of a job's process always its own, of others what they say. */
export const madeBy = (caller: Caller, said: string | undefined): string | undefined =>
  caller.kind === 'job' ? caller.runId : said;
