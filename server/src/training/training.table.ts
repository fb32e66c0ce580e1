import type { TrainingConfig } from '@hearth/contract';
import {
  bigint,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';
import { jobs } from '../jobs/jobs.table.ts';
import { blobs } from '../registry/registry.table.ts';

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });

/** A run is a job with a subject: its state lives in `jobs` alone, so the two can never disagree. */
export const trainingRuns = pgTable(
  'training_runs',
  {
    sessionId: text('session_id').primaryKey(),
    jobId: uuid('job_id')
      .notNull()
      .unique()
      .references(() => jobs.id),
    config: jsonb('config').$type<TrainingConfig>().notNull(),
    datasetName: text('dataset_name').notNull(),
    datasetSha256: text('dataset_sha256').notNull(),
    createdBy: text('created_by'),
    createdAt: moment('created_at').notNull(),
    /** The registered version, once there is one. */
    modelName: text('model_name'),
    modelVersion: integer('model_version'),
    /** Of the recipe's code; null for trainers built into agents. */
    codeDigest: text('code_digest'),
  },
  (t) => [
    index('training_runs_newest').on(t.createdAt.desc()),
    index('training_runs_dataset').on(t.datasetName),
  ],
);

const session = () =>
  text('session_id')
    .notNull()
    .references(() => trainingRuns.sessionId, { onDelete: 'cascade' });

/** Each try at a session: the first, and one for every time it was resumed. */
export const trainingAttempts = pgTable(
  'training_attempts',
  {
    sessionId: session(),
    attempt: integer('attempt').notNull(),
    jobId: uuid('job_id')
      .notNull()
      .references(() => jobs.id),
    /** Epochs that were behind it when it began. */
    fromEpoch: integer('from_epoch').notNull(),
    createdBy: text('created_by'),
    createdAt: moment('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.sessionId, t.attempt] }), index('training_attempts_job').on(t.jobId)],
);

/** What sessions can be resumed from; of each only the newest are kept. */
export const trainingCheckpoints = pgTable(
  'training_checkpoints',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    sessionId: session(),
    name: text('name').notNull(),
    /** Epochs of this session that are done in it. */
    epoch: integer('epoch').notNull(),
    sha256: text('sha256')
      .notNull()
      .references(() => blobs.sha256),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (t) => [
    index('training_checkpoints_newest').on(t.sessionId, t.id.desc()),
    index('training_checkpoints_sha256').on(t.sha256),
  ],
);
