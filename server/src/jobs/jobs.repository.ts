import type { JobKind, JobLogLine, JobPayload, JobProgress, JobState } from '@hearth/contract';
import { and, asc, desc, eq, gt, inArray, isNotNull, lt, type SQL, sql } from 'drizzle-orm';
import type { Database, Executor, Transaction } from '../platform/database.ts';
import { asRecord } from './job-row.ts';
import { jobArtifacts, jobLogs, jobs } from './jobs.table.ts';
import type { ActiveJob, JobArtifact, JobFailure, JobRecord, Outcome } from './jobs.types.ts';

export interface NewJob {
  id: string;
  kind: JobKind;
  title: string;
  priority: number;
  payload: JobPayload;
  createdBy: string | null;
  createdAt: Date;
}
export interface NewLease {
  id: string;
  nodeId: string;
  tokenHash: string;
  expiresAt: Date;
}
const active = inArray(jobs.state, ['leased', 'running']);
const records = (rows: (typeof jobs.$inferSelect)[]) => rows.map(asRecord) as ActiveJob[];

export class JobsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#database.transaction(work);
  }

  async add(tx: Transaction, job: NewJob): Promise<void> {
    await tx.insert(jobs).values({ ...job, state: 'queued' });
  }

  /**
   * Leases the next job of the queue to a node, as far as its caps allow. The node's lock makes two servers count one
   * after the other; SKIP LOCKED lets them take different jobs.
   */
  claim(lease: NewLease, caps: ReadonlyMap<string, number>): Promise<ActiveJob | undefined> {
    return this.#database.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`node:${lease.nodeId}`}, 0))`);
      const busy = await this.#countOn(tx, lease.nodeId);
      const open = [...caps].filter(([kind, cap]) => (busy.get(kind) ?? 0) < cap).map(([kind]) => kind);
      if (open.length === 0) return undefined;
      const [next] = await tx
        .select({ id: jobs.id })
        .from(jobs)
        .where(and(eq(jobs.state, 'queued'), inArray(jobs.kind, open)))
        .orderBy(desc(jobs.priority), asc(jobs.arrival))
        .limit(1)
        .for('update', { skipLocked: true });
      if (!next) return undefined;
      const { id: leaseId, nodeId, tokenHash, expiresAt: leaseExpiresAt } = lease;
      const rows = await tx
        .update(jobs)
        .set({
          state: 'leased',
          leaseId,
          nodeId,
          tokenHash,
          leaseExpiresAt,
          ackedSeq: 0,
          attempt: sql`attempt + 1`,
        })
        .where(eq(jobs.id, next.id))
        .returning();
      return records(rows)[0];
    });
  }

  async #countOn(tx: Transaction, nodeId: string): Promise<Map<string, number>> {
    const rows = await tx
      .select({ kind: jobs.kind, count: sql<number>`count(*)::int` })
      .from(jobs)
      .where(and(eq(jobs.nodeId, nodeId), active))
      .groupBy(jobs.kind);
    return new Map(rows.map(({ kind, count }) => [kind, count]));
  }

  async countActive(): Promise<Map<string, number>> {
    const rows = await this.#database
      .select({ nodeId: jobs.nodeId, count: sql<number>`count(*)::int` })
      .from(jobs)
      .where(active)
      .groupBy(jobs.nodeId);
    return new Map(rows.map(({ nodeId, count }) => [nodeId ?? '', count]));
  }

  /** Locks the row until the transaction ends: whoever changes a job has it to himself. */
  async lock(tx: Transaction, id: string): Promise<JobRecord | undefined> {
    const [row] = await tx.select().from(jobs).where(eq(jobs.id, id)).for('update');
    return row && asRecord(row);
  }

  async find(id: string): Promise<JobRecord | undefined> {
    const [row] = await this.#database.select().from(jobs).where(eq(jobs.id, id));
    return row && asRecord(row);
  }

  async findMany(ids: string[], executor: Executor = this.#database): Promise<JobRecord[]> {
    if (ids.length === 0) return [];
    return (await executor.select().from(jobs).where(inArray(jobs.id, ids))).map(asRecord);
  }

  async findByToken(tokenHash: string): Promise<ActiveJob | undefined> {
    const rows = await this.#database
      .select()
      .from(jobs)
      .where(and(eq(jobs.tokenHash, tokenHash), active));
    return records(rows)[0];
  }

  async list(
    limit: number,
    filter: { before?: number; kind?: JobKind; state?: JobState },
  ): Promise<JobRecord[]> {
    const { before, kind, state } = filter;
    const rows = await this.#database
      .select()
      .from(jobs)
      .where(
        and(
          before === undefined ? undefined : lt(jobs.arrival, before),
          kind && eq(jobs.kind, kind),
          state && inState(state),
        ),
      )
      .orderBy(desc(jobs.arrival))
      .limit(limit);
    return rows.map(asRecord);
  }

  /** Queued jobs of a kind, in the order in which they will be taken. */
  async queue(kind: JobKind): Promise<JobRecord[]> {
    const rows = await this.#database
      .select()
      .from(jobs)
      .where(and(eq(jobs.kind, kind), eq(jobs.state, 'queued')))
      .orderBy(desc(jobs.priority), asc(jobs.arrival))
      .limit(1000);
    return rows.map(asRecord);
  }

  async activeOn(nodeId: string): Promise<ActiveJob[]> {
    return records(
      await this.#database
        .select()
        .from(jobs)
        .where(and(eq(jobs.nodeId, nodeId), active)),
    );
  }

  async expired(now: Date): Promise<ActiveJob[]> {
    return records(
      await this.#database
        .select()
        .from(jobs)
        .where(and(active, lt(jobs.leaseExpiresAt, now))),
    );
  }

  async cancelOrdered(): Promise<ActiveJob[]> {
    return records(
      await this.#database
        .select()
        .from(jobs)
        .where(and(active, isNotNull(jobs.cancelRequestedAt))),
    );
  }

  /** Renews leases a node works on; only those that have aged, to spare writes. */
  async renew(nodeId: string, leaseIds: string[], expiresAt: Date, ifBefore: Date): Promise<void> {
    if (leaseIds.length === 0) return;
    await this.#database
      .update(jobs)
      .set({ leaseExpiresAt: expiresAt })
      .where(
        and(
          eq(jobs.nodeId, nodeId),
          inArray(jobs.leaseId, leaseIds),
          active,
          lt(jobs.leaseExpiresAt, ifBefore),
        ),
      );
  }

  /** After a time in which no heartbeat could be heard, nobody may be blamed for silence. */
  async extendLeases(until: Date): Promise<void> {
    await this.#database
      .update(jobs)
      .set({ leaseExpiresAt: until })
      .where(and(active, lt(jobs.leaseExpiresAt, until)));
  }

  async progress(
    tx: Transaction,
    id: string,
    change: { ackedSeq: number; startedAt?: Date; progress?: JobProgress; state: 'leased' | 'running' },
  ): Promise<void> {
    await tx.update(jobs).set(change).where(eq(jobs.id, id));
  }

  async orderCancel(tx: Transaction, id: string, at: Date): Promise<void> {
    await tx.update(jobs).set({ cancelRequestedAt: at }).where(eq(jobs.id, id));
  }

  /** Back to the queue, at its old place. */
  async release(tx: Transaction, id: string): Promise<void> {
    const nothing = { leaseId: null, nodeId: null, leaseExpiresAt: null, tokenHash: null };
    await tx
      .update(jobs)
      .set({ ...nothing, state: 'queued', ackedSeq: 0 })
      .where(eq(jobs.id, id));
  }

  async finish(
    tx: Transaction,
    id: string,
    end: {
      outcome: Outcome;
      error: JobFailure | null;
      result: Record<string, unknown> | null;
      finishedAt: Date;
    },
  ): Promise<void> {
    await tx
      .update(jobs)
      .set({ ...end, state: 'finished', tokenHash: null, leaseExpiresAt: null })
      .where(eq(jobs.id, id));
  }

  async addLogs(tx: Transaction, jobId: string, lines: JobLogLine[]): Promise<void> {
    if (lines.length === 0) return;
    const column = (pick: (line: JobLogLine) => unknown) => sql.param(lines.map(pick));
    await tx.execute(sql`
      insert into job_logs (job_id, seq, at, level, message)
      select ${jobId}, given.* from unnest(
        ${column(({ seq }) => seq)}::int[], ${column(({ at }) => at)}::timestamptz[],
        ${column(({ level }) => level)}::text[], ${column(({ message }) => message)}::text[]) as given`);
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

  async putArtifact(tx: Transaction, jobId: string, artifact: JobArtifact): Promise<string | undefined> {
    const [before] = await tx
      .select({ sha256: jobArtifacts.sha256 })
      .from(jobArtifacts)
      .where(and(eq(jobArtifacts.jobId, jobId), eq(jobArtifacts.name, artifact.name)));
    const { name: _name, ...facts } = artifact;
    await tx
      .insert(jobArtifacts)
      .values({ ...artifact, jobId })
      .onConflictDoUpdate({ target: [jobArtifacts.jobId, jobArtifacts.name], set: facts });
    return before?.sha256;
  }

  async artifacts(tx: Transaction, jobId: string): Promise<JobArtifact[]> {
    const rows = await tx.select().from(jobArtifacts).where(eq(jobArtifacts.jobId, jobId));
    return rows.map(({ jobId: _jobId, ...artifact }) => artifact);
  }

  async removeArtifacts(tx: Transaction, jobId: string): Promise<string[]> {
    const rows = await tx.delete(jobArtifacts).where(eq(jobArtifacts.jobId, jobId)).returning();
    return rows.map(({ sha256 }) => sha256);
  }
}

function inState(state: JobState): SQL | undefined {
  if (state === 'queued') return eq(jobs.state, 'queued');
  if (state === 'running') return active;
  return eq(jobs.outcome, state);
}
