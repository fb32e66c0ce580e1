import { index, integer, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { jobs } from '../jobs/jobs.table.ts';

/** A run of a script is a job with a subject: how it stands is in `jobs` alone, so the two can never disagree. */
export const scriptRuns = pgTable(
  'script_runs',
  {
    jobId: uuid('job_id')
      .primaryKey()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    scriptName: text('script_name').notNull(),
    args: jsonb('args').$type<string[]>().notNull(),
    mode: text('mode'),
    command: text('command').notNull(),
    timeoutSeconds: integer('timeout_seconds').notNull(),
    codeDigest: text('code_digest').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true, precision: 3, mode: 'date' }).notNull(),
  },
  (t) => [index('script_runs_newest').on(t.scriptName, t.createdAt.desc())],
);
