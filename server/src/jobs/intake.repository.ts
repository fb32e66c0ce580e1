import type { JobLogLine, JobProgress, OutputStream, ToldFailure } from '@hearth/contract';
import { sql } from 'drizzle-orm';
import type { Database, Transaction } from '../platform/database.ts';
import { runPrepared } from '../platform/prepared.ts';
import { asRecord } from './job-row.ts';
import { jobs } from './jobs.table.ts';
import type { JobRecord, Outcome } from './jobs.types.ts';
import { cutLine, type Kept, type Piece } from './retention.ts';

/** How a job stands after what was told of it. */
export interface Change {
  id: string;
  state: 'leased' | 'running' | 'finished';
  ackedSeq: number;
  startedAt: Date | null;
  progress: JobProgress | null;
  kept: Kept;
  end: End | null;
}
interface End {
  outcome: Outcome;
  error: ToldFailure | null;
  result: Record<string, unknown> | null;
  exitCode: number | null;
  finishedAt: Date;
}
const column = <T>(rows: readonly T[], pick: (row: T) => unknown) => sql.param(rows.map(pick));
const json = (value: unknown) => (value === null ? null : JSON.stringify(value));

const told = (changes: readonly Change[]) => sql`
  select * from unnest(
    ${column(changes, ({ id }) => id)}::uuid[], ${column(changes, ({ state }) => state)}::text[],
    ${column(changes, ({ ackedSeq }) => ackedSeq)}::int[],
    ${column(changes, ({ startedAt }) => startedAt?.toISOString() ?? null)}::timestamptz[],
    ${column(changes, ({ progress }) => json(progress))}::jsonb[], ${column(changes, ({ kept }) => json(kept))}::jsonb[],
    ${column(changes, ({ end }) => end?.outcome ?? null)}::text[],
    ${column(changes, ({ end }) => json(end?.error ?? null))}::jsonb[],
    ${column(changes, ({ end }) => json(end?.result ?? null))}::jsonb[],
    ${column(changes, ({ end }) => end?.exitCode ?? null)}::int[],
    ${column(changes, ({ end }) => end?.finishedAt.toISOString() ?? null)}::timestamptz[]
  ) as g(id, state, acked_seq, started_at, progress, kept, outcome, error, result, exit_code, finished_at)`;
const taking = sql`
  update jobs set state = g.state, acked_seq = g.acked_seq, started_at = g.started_at, progress = g.progress,
    kept = g.kept, outcome = g.outcome, error = case when g.outcome is null then jobs.error else g.error end, result = g.result, exit_code = g.exit_code,
    finished_at = g.finished_at, waiting = null,
    token_hash = case when g.state = 'finished' then null else jobs.token_hash end,
    lease_expires_at = case when g.state = 'finished' then null else jobs.lease_expires_at end`;
const printed = (pieces: readonly (Piece & { jobId: string })[]) => sql`
  select * from unnest(
    ${column(pieces, ({ jobId }) => jobId)}::uuid[], ${column(pieces, ({ seq }) => seq)}::int[],
    ${column(pieces, ({ at }) => at)}::timestamptz[], ${column(pieces, ({ stream }) => stream)}::text[],
    ${column(pieces, ({ place }) => place)}::bigint[], ${column(pieces, ({ skippedBytes }) => skippedBytes)}::bigint[],
    ${column(pieces, ({ sizeBytes }) => sizeBytes)}::int[], ${column(pieces, ({ text }) => text)}::text[])`;

/** Writes what nodes tell, many jobs at a time: each method is one statement. */
export class IntakeRepository {
  /** Locks jobs until the transaction ends: whoever changes them has them to himself. Always in the same order. */
  async lock(tx: Transaction, ids: string[]): Promise<Map<string, JobRecord>> {
    const isGiven = sql`${jobs.id} = any(${sql.param(ids)}::uuid[])`;
    const rows = await tx.select().from(jobs).where(isGiven).orderBy(jobs.id).for('update');
    return new Map(rows.map((row) => [row.id, asRecord(row)]));
  }

  /** Answers the digests of the files that jobs which ended had handed in, by job: they are the jobs' no longer. */
  async save(tx: Transaction, changes: readonly Change[]): Promise<Map<string, string[]>> {
    const { rows } = await tx.execute<{ job_id: string; sha256: string }>(sql`
      with g as (${told(changes)}), saved as (
        ${taking} from g where jobs.id = g.id
      )
      delete from job_artifacts a using g where a.job_id = g.id and g.state = 'finished' returning a.job_id, a.sha256`);
    const byJob = Map.groupBy(rows, ({ job_id }) => job_id);
    return new Map([...byJob].map(([jobId, own]) => [jobId, own.map(({ sha256 }) => sha256)]));
  }

  /**
   * The same in one round trip for jobs that are known to stand as `was` says, with what they printed. False, and
   * nothing is written, when one of them does not.
   */
  async saveKnown(
    database: Database,
    changes: readonly (Change & { was: { leaseId: string; ackedSeq: number } })[],
    pieces: readonly (Piece & { jobId: string })[],
  ): Promise<boolean> {
    const rows = await runPrepared(
      database,
      'jobs_save_known',
      sql`
      with g as (${told(changes)}), w as (
        select * from unnest(
          ${column(changes, ({ id }) => id)}::uuid[], ${column(changes, ({ was }) => was.leaseId)}::uuid[],
          ${column(changes, ({ was }) => was.ackedSeq)}::int[]) as w(id, lease_id, acked_seq)
      ), same as materialized (
        select j.id from jobs j join w on w.id = j.id
        where j.lease_id = w.lease_id and j.acked_seq = w.acked_seq and j.state in ('leased', 'running')
          and not exists (select 1 from job_artifacts a where a.job_id = j.id)
        order by j.id for update of j
      ), printed as (
        insert into job_output (job_id, seq, at, stream, place, skipped_bytes, size_bytes, text)
        select * from (${printed(pieces)}) as p where (select count(*) from same) = (select count(*) from w)
      )
      ${taking} from g
      where jobs.id = g.id and (select count(*) from same) = (select count(*) from w)
      returning jobs.id`,
    );
    return rows.length === changes.length;
  }

  async addLogs(tx: Transaction, lines: readonly (JobLogLine & { jobId: string })[]): Promise<void> {
    if (lines.length === 0) return;
    await tx.execute(sql`
      insert into job_logs (job_id, seq, at, level, message)
      select * from unnest(
        ${column(lines, ({ jobId }) => jobId)}::uuid[], ${column(lines, ({ seq }) => seq)}::int[],
        ${column(lines, ({ at }) => at)}::timestamptz[], ${column(lines, ({ level }) => level)}::text[],
        ${column(lines, ({ message }) => message)}::text[])`);
  }

  async addOutput(tx: Transaction, pieces: readonly (Piece & { jobId: string })[]): Promise<void> {
    if (pieces.length === 0) return;
    await tx.execute(sql`
      insert into job_output (job_id, seq, at, stream, place, skipped_bytes, size_bytes, text) ${printed(pieces)}`);
  }

  /**
   * Lets the oldest pieces of a stream's end go until `most` bytes of it are left (at least its last piece), and writes
   * on the first that stays how much is missing before it. Answers the bytes let go.
   */
  async trimOutput(
    tx: Transaction,
    jobId: string,
    stream: OutputStream,
    { after, most }: { after: number; most: number },
  ): Promise<number> {
    const { rows } = await tx.execute<{ stored: string }>(sql`
      with tail as (
        select seq, size_bytes, skipped_bytes, sum(size_bytes) over (order by seq desc) as upto,
          seq = max(seq) over () as is_last
        from job_output where job_id = ${jobId} and stream = ${stream} and seq > ${after}
      ), gone as (
        delete from job_output o using tail t
        where o.job_id = ${jobId} and o.seq = t.seq and t.upto > ${most} and not t.is_last
        returning t.size_bytes, t.skipped_bytes
      ), marked as (
        update job_output set skipped_bytes = skipped_bytes + (select coalesce(sum(size_bytes + skipped_bytes), 0) from gone)
        where job_id = ${jobId} and seq = (select min(seq) from tail where upto <= ${most} or is_last)
      )
      select coalesce(sum(size_bytes), 0) as stored from gone`);
    return Number(rows[0]?.stored ?? 0);
  }

  /** The same with log lines; the last of those that go becomes the line that says how many went. */
  async trimLogs(
    tx: Transaction,
    jobId: string,
    { after, most, cut }: { after: number; most: number; cut: number },
  ): Promise<number> {
    const { rows } = await tx.execute<{ seq: number; lines: string }>(sql`
      with old as (
        select seq from job_logs where job_id = ${jobId} and seq > ${after} order by seq desc offset ${most}
      ), gone as (
        delete from job_logs l using old where l.job_id = ${jobId} and l.seq = old.seq and old.seq < (select max(seq) from old)
      )
      select max(seq) as seq, count(*) as lines from old`);
    const { seq, lines } = rows[0] ?? { seq: null, lines: 0 };
    // What went before is among them as one line: the one that says so.
    const went = Number(lines) - (cut > 0 ? 1 : 0);
    const { level, message } = cutLine(cut + went);
    await tx.execute(
      sql`update job_logs set level = ${level}, message = ${message} where job_id = ${jobId} and seq = ${seq}`,
    );
    return went;
  }
}
