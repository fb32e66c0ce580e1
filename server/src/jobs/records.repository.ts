import type { JobLogLine, OutputStream } from '@hearth/contract';
import { and, asc, desc, eq, gt, sql } from 'drizzle-orm';
import type { Database } from '../platform/database.ts';
import { runPrepared } from '../platform/prepared.ts';
import { jobLogs } from './jobs.table.ts';
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
    const rows = await runPrepared(
      this.#database,
      'jobs_output',
      sql`
      select seq, at, stream, place, skipped_bytes, size_bytes, text from job_output
      where job_id = ${jobId} and seq > ${after} and (${stream ?? null}::text is null or stream = ${stream ?? null}::text)
      order by seq limit ${limit ?? null}::int`,
    );
    return rows.map((row) => ({
      seq: row.seq as number,
      at: (row.at as Date).toISOString(),
      stream: row.stream as OutputStream,
      place: Number(row.place),
      skippedBytes: Number(row.skipped_bytes),
      sizeBytes: row.size_bytes as number,
      text: row.text as string,
    }));
  }
}
