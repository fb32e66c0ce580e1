import type { JobKind, Waiting as Reason } from '@hearth/contract';
import { and, eq, getTableColumns, inArray, isNotNull, ne, or, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../platform/database.ts';
import { runPrepared } from '../platform/prepared.ts';
import { asRecord, type Row } from './job-row.ts';
import type { NewJob } from './jobs.repository.ts';
import { jobs } from './jobs.table.ts';
import type { ActiveJob, JobRecord } from './jobs.types.ts';
import type { Waiting } from './placement.ts';

/** A job and the lease with which it shall go to a node. */
export interface Claim {
  jobId: string;
  leaseId: string;
  nodeId: string;
  /** The node's connection; the claim is void when the node has another one by now. */
  linkId: string;
  tokenHash: string;
  expiresAt: Date;
  gpus: number[];
}
/** A lease for a job that is only being queued: taken where the node has room, and nothing of its kind waits. */
export type Offer = Omit<Claim, 'jobId' | 'gpus'> & {
  /** Jobs of the kind that may run beside it on the node, less those that are being claimed elsewhere just now. */
  beside: number;
};
export interface Window {
  kind: string;
  /** So many of the queue's first. */
  most: number;
  /** More GPUs than any node of the kind has, and larger gangs than there are nodes, are passed over. */
  gpus: number;
  nodes: number;
}
export interface ActiveFacts {
  kind: string;
  nodeId: string;
  gpus: number[];
}
const columns = (rows: readonly object[], pick: (row: never) => unknown) =>
  sql.param(rows.map((row) => pick(row as never)));

/** The statements by which jobs go from the queue to nodes: each is one round trip and, where it writes, one commit. */
export class ClaimsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  /** What nodes work on, and the head of the queue of each kind in its order. */
  async situation(
    nodeIds: string[],
    windows: Window[],
  ): Promise<{ active: ActiveFacts[]; queue: Waiting[] }> {
    const rows = await runPrepared(
      this.#database,
      'jobs_situation',
      sql`
      select 'active' as part, null::uuid as id, kind, node_id, gpu_indices, 0 as gpu_count, null::uuid as gang_id,
        null::int as gang_size, 0 as priority, 0::bigint as arrival
      from jobs where state in ('leased', 'running') and node_id = any(${sql.param(nodeIds)}::uuid[])
      union all
      select 'queued', head.* from unnest(
        ${columns(windows, ({ kind }: Window) => kind)}::text[], ${columns(windows, ({ most }: Window) => most)}::int[],
        ${columns(windows, ({ gpus }: Window) => gpus)}::int[], ${columns(windows, ({ nodes }: Window) => nodes)}::int[]
      ) as look(kind, most, gpus, nodes) cross join lateral (
        select j.id, j.kind, null::uuid, '{}'::int[], j.gpu_count, j.gang_id, j.gang_size, j.priority, j.arrival
        from jobs j where j.state = 'queued' and j.kind = look.kind and j.gpu_count <= look.gpus
          and coalesce(j.gang_size, 1) <= look.nodes
        order by j.priority desc, j.arrival limit look.most) as head
      order by priority desc, arrival`,
    );
    const active = rows.filter(({ part }) => part === 'active');
    const queue = rows.filter(({ part }) => part === 'queued');
    return {
      active: active.map((row) => ({
        kind: row.kind as string,
        nodeId: row.node_id as string,
        gpus: row.gpu_indices as number[],
      })),
      queue: queue.map((row) => ({
        id: row.id as string,
        kind: row.kind as string,
        gpuCount: row.gpu_count as number,
        gang: row.gang_id ? { id: row.gang_id as string, size: row.gang_size as number } : null,
      })),
    };
  }

  /**
   * Leases jobs to nodes. What somebody else took meanwhile, and what would go to a connection that is no longer the
   * node's, stays as it is; a gang is leased whole or not at all. A node's row is held until the commit, so that a new
   * connection of it (which writes there first) sees either no lease or all of it.
   */
  async claim(claims: readonly Claim[]): Promise<ActiveJob[]> {
    const rows = await runPrepared(
      this.#database,
      'jobs_claim',
      sql`
      with given as (
        select * from unnest(
          ${columns(claims, ({ jobId }: Claim) => jobId)}::uuid[], ${columns(claims, ({ leaseId }: Claim) => leaseId)}::uuid[],
          ${columns(claims, ({ nodeId }: Claim) => nodeId)}::uuid[], ${columns(claims, ({ linkId }: Claim) => linkId)}::uuid[],
          ${columns(claims, ({ tokenHash }: Claim) => tokenHash)}::text[],
          ${columns(claims, ({ expiresAt }: Claim) => expiresAt.toISOString())}::timestamptz[],
          ${columns(claims, ({ gpus }: Claim) => `{${gpus}}`)}::text[]
        ) as g(job_id, lease_id, node_id, link_id, token_hash, expires_at, gpus)
      ), here as materialized (
        select n.id from nodes n where (n.id, n.link_id) in (select node_id, link_id from given) order by n.id for share
      ), free as materialized (
        select j.id, j.gang_id, j.gang_size from jobs j
        where j.id in (select job_id from given) and j.state = 'queued' order by j.id for update skip locked
      ), fit as (
        select g.*, f.gang_id, f.gang_size, count(*) over (partition by f.gang_id) as together
        from given g join here h on h.id = g.node_id join free f on f.id = g.job_id
      )
      update jobs set state = 'leased', lease_id = fit.lease_id, node_id = fit.node_id, token_hash = fit.token_hash,
        lease_expires_at = fit.expires_at, gpu_indices = fit.gpus::int[], acked_seq = 0, attempt = attempt + 1,
        waiting = null
      from fit where jobs.id = fit.job_id and (fit.gang_id is null or fit.together = fit.gang_size)
      returning jobs.*`,
    );
    return rows.map(fromColumns) as ActiveJob[];
  }

  /**
   * Queues jobs, those with a good offer as leased at once. In the order given, less those whose mutex is held.
   */
  async add(
    orders: readonly { job: NewJob; offer: Offer | undefined }[],
    tx?: Transaction,
  ): Promise<JobRecord[]> {
    type Order = (typeof orders)[number];
    const of = (pick: (order: Order) => unknown) => columns(orders, pick as (row: never) => unknown);
    const statement = sql`
      with given as (
        select * from unnest(
          ${of(({ job }) => job.id)}::uuid[], ${of(({ job }) => job.kind)}::text[], ${of(({ job }) => job.title)}::text[],
          ${of(({ job }) => job.priority)}::int[], ${of(({ job }) => JSON.stringify(job.payload))}::jsonb[],
          ${of(({ job }) => job.createdBy)}::text[], ${of(({ job }) => job.createdAt.toISOString())}::timestamptz[],
          ${of(({ job }) => job.gpuCount ?? 0)}::int[],
          ${of(({ job }) => job.gang?.id ?? null)}::uuid[], ${of(({ job }) => job.gang?.rank ?? null)}::int[],
          ${of(({ job }) => job.gang?.size ?? null)}::int[],
          ${of(({ job }) => job.mutex ?? null)}::text[],
          ${of(({ offer }) => offer?.leaseId ?? null)}::uuid[], ${of(({ offer }) => offer?.nodeId ?? null)}::uuid[],
          ${of(({ offer }) => offer?.linkId ?? null)}::uuid[], ${of(({ offer }) => offer?.tokenHash ?? null)}::text[],
          ${of(({ offer }) => offer?.expiresAt.toISOString() ?? null)}::timestamptz[],
          ${of(({ offer }) => offer?.beside ?? 0)}::int[]
        ) with ordinality as g(id, kind, title, priority, payload, created_by, created_at, gpu_count, gang_id, gang_rank,
          gang_size, mutex, lease_id, node_id, link_id, token_hash, expires_at, beside, place)
      ), here as materialized (
        select n.id from nodes n where (n.id, n.link_id) in (select node_id, link_id from given) order by n.id for share
      ), judged as (
        select g.*, h.id is not null
          and not exists (select 1 from jobs j where j.state = 'queued' and j.kind = g.kind)
          and (select count(*) from jobs j where j.node_id = g.node_id and j.kind = g.kind
            and j.state in ('leased', 'running')) <= g.beside as goes
        from given g left join here h on h.id = g.node_id
      )
      insert into jobs (id, kind, title, priority, payload, created_by, created_at, gpu_count, gang_id, gang_rank, gang_size,
        mutex, state, lease_id, node_id, token_hash, lease_expires_at, attempt)
      select id, kind, title, priority, payload, created_by, created_at, gpu_count, gang_id, gang_rank, gang_size,
        mutex, case when goes then 'leased' else 'queued' end, case when goes then lease_id end, case when goes then node_id end,
        case when goes then token_hash end, case when goes then expires_at end, case when goes then 1 else 0 end
      from judged order by place
      on conflict (mutex) where mutex is not null and state <> 'finished' do nothing
      returning *`;
    const rows = tx
      ? (await tx.execute(statement)).rows
      : await runPrepared(this.#database, 'jobs_add', statement);
    return rows.map(fromColumns);
  }

  /** Queued jobs that may wait for more than their turn. */
  async special(kindsServed: string[]): Promise<(Waiting & { waiting: Reason | null })[]> {
    const rows = await this.#database
      .select()
      .from(jobs)
      .where(
        and(
          eq(jobs.state, 'queued'),
          or(
            isNotNull(jobs.waiting),
            isNotNull(jobs.gangId),
            ne(jobs.gpuCount, 0),
            sql`${jobs.kind} <> all(${sql.param(kindsServed)}::text[])`,
          ),
        ),
      )
      .orderBy(sql`${jobs.priority} desc, ${jobs.arrival}`)
      .limit(1000);
    return rows.map(({ id, kind, gpuCount, gangId, gangSize, waiting }) => ({
      id,
      kind: kind as JobKind,
      gpuCount,
      gang: gangId && gangSize ? { id: gangId, size: gangSize } : null,
      waiting,
    }));
  }

  /** Writes down why jobs wait. */
  async explain(ids: string[], reason: Reason | null): Promise<void> {
    await this.#database
      .update(jobs)
      .set({ waiting: reason })
      .where(and(inArray(jobs.id, ids), eq(jobs.state, 'queued')));
  }
}

const tableColumns = Object.entries(getTableColumns(jobs));

/** A row as `returning jobs.*` of a hand-written statement gives it. */
function fromColumns(given: Record<string, unknown>): JobRecord {
  const row = Object.fromEntries(
    tableColumns.map(([key, column]) => {
      const value = given[column.name];
      const isReady = value === null || typeof value === 'object';
      return [key, isReady ? value : column.mapFromDriverValue(value)];
    }),
  );
  return asRecord(row as Row);
}
