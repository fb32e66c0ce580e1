import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  customType,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { jobs } from '../jobs/jobs.table.ts';
import { blobs } from '../registry/registry.table.ts';
import { smallBelow } from './chunks.ts';
import type { DatasetInput, ModelOutput } from './tracking.types.ts';

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
const whole = (name: string) => bigint(name, { mode: 'number' });
const texts = (name: string) =>
  jsonb(name).$type<Record<string, string>>().notNull().default(sql`'{}'::jsonb`);

/** Experiment 0, `Default`, is there from the first start on; MLflow's clients count on it. */
export const experiments = pgTable('experiments', {
  id: whole('id').primaryKey().generatedByDefaultAsIdentity({ startWith: 1 }),
  name: text('name').notNull().unique(),
  artifactLocation: text('artifact_location').notNull(),
  lifecycle: text('lifecycle').$type<'active' | 'deleted'>().notNull().default('active'),
  tags: texts('tags'),
  createdBy: text('created_by'),
  createdAt: moment('created_at').notNull(),
  updatedAt: moment('updated_at').notNull(),
});

/** A tracked run. Params and tags stand in its row: they are few, and searches read them together. */
export const runs = pgTable(
  'runs',
  {
    runId: text('run_id').primaryKey(),
    /** Order of arrival: start times may tie. */
    arrival: whole('arrival').notNull().generatedAlwaysAsIdentity(),
    experimentId: whole('experiment_id')
      .notNull()
      .references(() => experiments.id),
    name: text('name').notNull(),
    userId: text('user_id').notNull(),
    status: text('status').$type<'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED'>().notNull(),
    lifecycle: text('lifecycle').$type<'active' | 'deleted'>().notNull().default('active'),
    startMs: whole('start_ms').notNull(),
    endMs: whole('end_ms'),
    artifactUri: text('artifact_uri').notNull(),
    params: texts('params'),
    tags: texts('tags'),
    datasetInputs: jsonb('dataset_inputs').$type<DatasetInput[]>().notNull().default(sql`'[]'::jsonb`),
    modelInputs: jsonb('model_inputs').$type<string[]>().notNull().default(sql`'[]'::jsonb`),
    modelOutputs: jsonb('model_outputs').$type<ModelOutput[]>().notNull().default(sql`'[]'::jsonb`),
    /** The training session this is the run of; none for what outside clients log. */
    sessionId: text('session_id').unique(),
    /** The job whose process created it. */
    jobId: uuid('job_id').references(() => jobs.id, { onDelete: 'set null' }),
    createdBy: text('created_by'),
    createdAt: moment('created_at').notNull(),
    deletedAt: moment('deleted_at'),
  },
  (t) => [
    check('runs_status', sql`status IN ('RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED')`),
    index('runs_newest').on(t.experimentId, t.startMs.desc(), t.runId),
    index('runs_job').on(t.jobId),
  ],
);

/** One metric of one run, with what lists show of it; kept in the transaction that adds the points. */
export const metricSeries = pgTable(
  'metric_series',
  {
    id: whole('id').primaryKey().generatedAlwaysAsIdentity(),
    runId: text('run_id')
      .notNull()
      .references(() => runs.runId, { onDelete: 'cascade' }),
    key: text('key').notNull(),
    points: whole('points').notNull().default(0),
    /** The newest point: largest step, then time, then value. */
    lastStep: whole('last_step').notNull(),
    lastAtMs: whole('last_at_ms').notNull(),
    lastValue: doublePrecision('last_value').notNull(),
    firstStep: whole('first_step').notNull(),
    /** Of finite values; null where there is none. */
    minValue: doublePrecision('min_value'),
    maxValue: doublePrecision('max_value'),
    /** How many of its chunks are small; many are made one. */
    smallChunks: integer('small_chunks').notNull().default(0),
  },
  (t) => [unique('metric_series_run_key').on(t.runId, t.key), index('metric_series_key').on(t.key)],
);

/** The condition of an index: a statement that is to use it must say the same. */
export const isSmallRow = sql.raw(`points < ${smallBelow}`);

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

/**
 * Points of one series that came together, in the form of chunks.ts; chunks may overlap, but no point is in two. No
 * foreign key: its check would cost more than the row.
 */
export const metricChunks = pgTable(
  'metric_chunks',
  {
    id: whole('id').primaryKey().generatedAlwaysAsIdentity(),
    seriesId: whole('series_id').notNull(),
    firstStep: whole('first_step').notNull(),
    lastStep: whole('last_step').notNull(),
    points: integer('points').notNull(),
    /** The lowest and the highest finite point, so that long series can be drawn from these alone; null where none is. */
    lowStep: whole('low_step'),
    lowAtMs: whole('low_at_ms'),
    lowValue: doublePrecision('low_value'),
    highStep: whole('high_step'),
    highAtMs: whole('high_at_ms'),
    highValue: doublePrecision('high_value'),
    data: bytes('data').notNull(),
  },
  (t) => [
    index('metric_chunks_series').on(t.seriesId, t.lastStep),
    index('metric_chunks_small').on(t.seriesId).where(isSmallRow),
  ],
);

/** Files of runs (`owner` is the run's id) and of what else MLflow keeps files for, by path. */
export const runArtifacts = pgTable(
  'run_artifacts',
  {
    owner: text('owner').notNull(),
    path: text('path').notNull(),
    sha256: text('sha256')
      .notNull()
      .references(() => blobs.sha256),
    sizeBytes: whole('size_bytes').notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.owner, t.path] }), index('run_artifacts_sha256').on(t.sha256)],
);
