import type { JobLogLine, OutputStream } from '@hearth/contract';
import { and, asc, desc, eq, gt } from 'drizzle-orm';
import type { Database } from '../platform/database.ts';
import { jobLogs, jobOutput } from './jobs.table.ts';
import type { Piece } from './retention.ts';

/** What jobs have logged and printed, to be read. */
export class RecordsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  /** Lines after `after`, oldest first; without it the newest. */
  async logs(jobId: string, limit: number, after?: number): Promise<JobLogLine[]> {
    const isForward = after !== undefined;
    const rows = await this.#database
      .select()
      .from(jobLogs)
      .where(and(eq(jobLogs.jobId, jobId), isForward ? gt(jobLogs.seq, after) : undefined))
      .orderBy(isForward ? asc(jobLogs.seq) : desc(jobLogs.seq))
      .limit(limit);
    if (!isForward) rows.reverse();
    return rows.map(({ seq, at, level, message }) => ({
      seq,
      at: at.toISOString(),
      level: level as JobLogLine['level'],
      message,
    }));
  }

  /** Pieces after the event `after`, in their order; of one stream, or of both. */
  async output(jobId: string, after: number, stream?: OutputStream, limit?: number): Promise<Piece[]> {
    const query = this.#database
      .select()
      .from(jobOutput)
      .where(
        and(eq(jobOutput.jobId, jobId), gt(jobOutput.seq, after), stream && eq(jobOutput.stream, stream)),
      )
      .orderBy(asc(jobOutput.seq))
      .$dynamic();
    const rows = await (limit === undefined ? query : query.limit(limit));
    return rows.map(({ jobId: _jobId, at, stream: name, ...piece }) => ({
      ...piece,
      at: at.toISOString(),
      stream: name as OutputStream,
    }));
  }
}
