import { sql } from 'drizzle-orm';
import { bigint, index, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { jobs } from '../jobs/jobs.table.ts';
import { experiments } from './tracking.table.ts';

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
const texts = (name: string) =>
  jsonb(name).$type<Record<string, string>>().notNull().default(sql`'{}'::jsonb`);

/** A model a client logged; its files are artifacts whose owner is its id. */
export const loggedModels = pgTable(
  'logged_models',
  {
    modelId: text('model_id').primaryKey(),
    arrival: bigint('arrival', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    experimentId: bigint('experiment_id', { mode: 'number' })
      .notNull()
      .references(() => experiments.id),
    name: text('name').notNull(),
    modelType: text('model_type').notNull(),
    sourceRunId: text('source_run_id').notNull(),
    status: text('status')
      .$type<'LOGGED_MODEL_PENDING' | 'LOGGED_MODEL_READY' | 'LOGGED_MODEL_UPLOAD_FAILED'>()
      .notNull(),
    artifactUri: text('artifact_uri').notNull(),
    params: texts('params'),
    tags: texts('tags'),
    /** The job whose process logged it. */
    jobId: uuid('job_id').references(() => jobs.id, { onDelete: 'set null' }),
    createdBy: text('created_by').notNull(),
    createdAt: moment('created_at').notNull(),
    updatedAt: moment('updated_at').notNull(),
  },
  (t) => [index('logged_models_newest').on(t.experimentId, t.arrival.desc())],
);
