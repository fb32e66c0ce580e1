import type { JobPayload, JobProgress, ToldFailure, Waiting } from '@hearth/contract';
import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { nodes } from '../nodes/nodes.table.ts';
import { blobs } from '../registry/registry.table.ts';
import type { Kept } from './retention.ts';

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });

export const jobs = pgTable(
  'jobs',
  {
    id: uuid('id').primaryKey(),
    kind: text('kind').notNull(),
    title: text('title').notNull(),
    state: text('state').notNull(),
    outcome: text('outcome'),
    priority: integer('priority').notNull(),
    /** Order of arrival: created_at may tie. */
    arrival: bigint('arrival', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    payload: jsonb('payload').$type<JobPayload>().notNull(),
    createdBy: text('created_by'),
    nodeId: uuid('node_id').references(() => nodes.id, { onDelete: 'set null' }),
    leaseId: uuid('lease_id'),
    leaseExpiresAt: moment('lease_expires_at'),
    tokenHash: text('token_hash'),
    ackedSeq: integer('acked_seq').notNull().default(0),
    attempt: integer('attempt').notNull().default(0),
    cancelRequestedAt: moment('cancel_requested_at'),
    progress: jsonb('progress').$type<JobProgress>(),
    error: jsonb('error').$type<ToldFailure>(),
    result: jsonb('result').$type<Record<string, unknown>>(),
    createdAt: moment('created_at').notNull(),
    startedAt: moment('started_at'),
    finishedAt: moment('finished_at'),
    exitCode: integer('exit_code'),
    gpuCount: integer('gpu_count').notNull().default(0),
    /** Of the node it is leased to. */
    gpuIndices: integer('gpu_indices').array().notNull().default([]),
    gangId: uuid('gang_id'),
    gangRank: integer('gang_rank'),
    gangSize: integer('gang_size'),
    /** Of the jobs that have the same, one at most has not ended. */
    mutex: text('mutex'),
    waiting: jsonb('waiting').$type<Waiting>(),
    /** What is stored of its log and output, so that a limit can be kept without counting rows. */
    kept: jsonb('kept').$type<Kept>().notNull().default({}),
  },
  (t) => [
    check('jobs_state', sql`state IN ('queued', 'leased', 'running', 'finished')`),
    check('jobs_outcome', sql`(state = 'finished') = (outcome IS NOT NULL)`),
    check(
      'jobs_lease',
      sql`state NOT IN ('leased', 'running') OR (lease_id IS NOT NULL AND lease_expires_at IS NOT NULL AND token_hash IS NOT NULL)`,
    ),
    index('jobs_queue').on(t.kind, t.priority.desc(), t.arrival).where(sql`state = 'queued'`),
    index('jobs_active').on(t.nodeId).where(sql`state IN ('leased', 'running')`),
    index('jobs_newest').on(t.arrival.desc()),
    uniqueIndex('jobs_mutex').on(t.mutex).where(sql`mutex IS NOT NULL AND state <> 'finished'`),
    index('jobs_same').on(t.mutex, t.arrival.desc()).where(sql`mutex IS NOT NULL`),
    index('jobs_token').on(t.tokenHash),
    check('jobs_gang', sql`num_nonnulls(gang_id, gang_rank, gang_size) IN (0, 3)`),
    uniqueIndex('jobs_gang_members').on(t.gangId, t.gangRank).where(sql`gang_id IS NOT NULL`),
  ],
);

export const jobLogs = pgTable(
  'job_logs',
  {
    jobId: uuid('job_id')
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    seq: integer('seq').notNull(),
    at: moment('at').notNull(),
    level: text('level').notNull(),
    message: text('message').notNull(),
  },
  (t) => [primaryKey({ columns: [t.jobId, t.seq] })],
);

/** What programs wrote, piece by piece in the order of `seq`, the number of the event that told it. */
export const jobOutput = pgTable(
  'job_output',
  {
    jobId: uuid('job_id')
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    seq: integer('seq').notNull(),
    at: moment('at').notNull(),
    stream: text('stream').notNull(),
    /** Place in all that was written to the stream, in bytes. */
    place: bigint('place', { mode: 'number' }).notNull(),
    /** Left out just before it. */
    skippedBytes: bigint('skipped_bytes', { mode: 'number' }).notNull(),
    sizeBytes: integer('size_bytes').notNull(),
    text: text('text').notNull(),
  },
  (t) => [primaryKey({ columns: [t.jobId, t.seq] })],
);

/** Files a job has handed in; they become a model's artifacts, or are let go when the job ends. */
export const jobArtifacts = pgTable(
  'job_artifacts',
  {
    jobId: uuid('job_id')
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    format: text('format').notNull(),
    sha256: text('sha256')
      .notNull()
      .references(() => blobs.sha256),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.jobId, t.name] }), index('job_artifacts_sha256').on(t.sha256)],
);
