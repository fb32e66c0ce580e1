import type { JobKind, JobPayload, JobState, ToldFailure } from '@hearth/contract';
import { and, asc, desc, eq, inArray, isNotNull, lt, ne, type SQL, sql } from 'drizzle-orm';
import type { Database, Executor, Transaction } from '../platform/database.ts';
import { isDeadlock } from '../platform/failures.ts';
import { asRecord } from './job-row.ts';
import { jobArtifacts, jobs } from './jobs.table.ts';
import type { ActiveJob, JobArtifact, JobRecord, Membership } from './jobs.types.ts';

export interface NewJob {
  id: string;
  kind: JobKind;
  title: string;
  priority: number;
  payload: JobPayload;
  createdBy: string | null;
  createdAt: Date;
  /** GPUs of one node that it needs to itself; default none. */
  gpuCount?: number;
  gang: Membership | null;
  /** Stored only if no other job with the same one has yet to end. */
  mutex?: string;
}
/** Which jobs are meant; what is left out does not matter. */
export interface JobFilter {
  kind?: JobKind;
  state?: JobState;
  mutex?: string;
  hasEnded?: boolean;
}
/** In the words of the indices, which serve no other. */
const newestFirst = sql`${jobs.arrival} desc nulls last`;
const active = inArray(jobs.state, ['leased', 'running']);
const records = (rows: (typeof jobs.$inferSelect)[]) => rows.map(asRecord) as ActiveJob[];

export class JobsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  /** Members of a gang may be locked by two who each want the other's: one of them then begins again. */
  async transaction<T>(work: (tx: Transaction) => Promise<T>, tries = 3): Promise<T> {
    try {
      return await this.#database.transaction(work);
    } catch (error) {
      if (tries <= 1 || !isDeadlock(error)) throw error;
      return this.transaction(work, tries - 1);
    }
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

  /** Locks the members of a gang, in the order of their ranks. */
  async gang(tx: Transaction, gangId: string): Promise<JobRecord[]> {
    const rows = await tx
      .select()
      .from(jobs)
      .where(eq(jobs.gangId, gangId))
      .orderBy(asc(jobs.gangRank))
      .for('update');
    return rows.map(asRecord);
  }

  async find(id: string, executor: Executor = this.#database): Promise<JobRecord | undefined> {
    const [row] = await executor.select().from(jobs).where(eq(jobs.id, id));
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

  /** Newest first. */
  async list(limit: number, { before, ...filter }: JobFilter & { before?: number }): Promise<JobRecord[]> {
    const isBefore = before === undefined ? undefined : lt(jobs.arrival, before);
    const rows = await this.#database
      .select()
      .from(jobs)
      .where(and(isBefore, matching(filter)))
      .orderBy(newestFirst)
      .limit(limit);
    return rows.map(asRecord);
  }

  /** The newest of each mutex, looked up one by one: they are few, and the jobs of each are very many. */
  async newestOfEach(filter: JobFilter): Promise<JobRecord[]> {
    const newest = sql`(
      with recursive each as (
        (select mutex from jobs where mutex is not null order by mutex limit 1)
        union all
        select (select mutex from jobs where mutex > each.mutex order by mutex limit 1) from each
        where each.mutex is not null)
      select (select id from jobs where ${and(sql`mutex = each.mutex`, matching(filter))}
        order by arrival desc nulls last limit 1) from each where each.mutex is not null)`;
    const rows = await this.#database
      .select()
      .from(jobs)
      .where(sql`${jobs.id} = any(array${newest})`)
      .orderBy(jobs.mutex);
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

  /** `because` is kept with a job that was not asked to stop but has to, since others failed. */
  async orderStop(tx: Transaction, ids: string[], at: Date, because?: ToldFailure): Promise<void> {
    if (ids.length === 0) return;
    const error = because ? { error: because } : {};
    await tx
      .update(jobs)
      .set({ cancelRequestedAt: at, ...error })
      .where(inArray(jobs.id, ids));
  }

  /** Why an active job has to stop, where it was not asked to. */
  async stopReason(tx: Transaction, id: string): Promise<ToldFailure | undefined> {
    const [row] = await tx.select({ error: jobs.error }).from(jobs).where(eq(jobs.id, id));
    return row?.error ?? undefined;
  }

  /** Back to the queue, at their old places. */
  async release(tx: Transaction, ids: string[]): Promise<JobRecord[]> {
    const nothing = { leaseId: null, nodeId: null, leaseExpiresAt: null, tokenHash: null, gpuIndices: [] };
    const rows = await tx
      .update(jobs)
      .set({ ...nothing, state: 'queued', ackedSeq: 0 })
      .where(inArray(jobs.id, ids))
      .returning();
    return rows.map(asRecord);
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
}

function matching({ kind, state, mutex, hasEnded }: JobFilter): SQL | undefined {
  return and(
    kind && eq(jobs.kind, kind),
    state && inState(state),
    mutex === undefined ? undefined : eq(jobs.mutex, mutex),
    hasEnded === undefined ? undefined : hasEnded ? eq(jobs.state, 'finished') : ne(jobs.state, 'finished'),
  );
}

function inState(state: JobState): SQL | undefined {
  if (state === 'queued') return eq(jobs.state, 'queued');
  if (state === 'running') return active;
  return eq(jobs.outcome, state);
}
