import { bigint, index, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import { blobs } from './registry.table.ts';

/** The files of every code bundle a job was ever ordered with: a run's code digest leads back to its code. */
export const codeFiles = pgTable(
  'code_files',
  {
    digest: text('digest').notNull(),
    path: text('path').notNull(),
    sha256: text('sha256')
      .notNull()
      .references(() => blobs.sha256),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    createdAt: timestamp('created_at', { withTimezone: true, precision: 3, mode: 'date' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.digest, t.path] }), index('code_files_sha256').on(t.sha256)],
);
