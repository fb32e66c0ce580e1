import { sql } from 'drizzle-orm';
import {
  bigint,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
} from 'drizzle-orm/pg-core';

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });

/** One row for each file of the store; whoever needs a file refers to it here, so none is removed too early. */
export const blobs = pgTable('blobs', {
  sha256: text('sha256').primaryKey(),
  sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
  createdAt: moment('created_at').notNull().default(sql`now()`),
});

export const datasets = pgTable(
  'datasets',
  {
    name: text('name').primaryKey(),
    sha256: text('sha256')
      .notNull()
      .references(() => blobs.sha256),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    format: text('format').notNull(),
    sampleCount: bigint('sample_count', { mode: 'number' }),
    dimensions: jsonb('dimensions').$type<number[]>(),
    columns: jsonb('columns').$type<string[]>(),
    fileName: text('file_name').notNull(),
    source: text('source'),
    license: text('license'),
    createdBy: text('created_by'),
    createdAt: moment('created_at').notNull(),
  },
  (t) => [index('datasets_sha256').on(t.sha256)],
);

export const models = pgTable('models', {
  name: text('name').primaryKey(),
  createdAt: moment('created_at').notNull(),
});

export const modelVersions = pgTable(
  'model_versions',
  {
    modelName: text('model_name')
      .notNull()
      .references(() => models.name, { onDelete: 'cascade' }),
    version: integer('version').notNull(),
    task: text('task').notNull(),
    metadata: jsonb('metadata').$type<Record<string, unknown>>().notNull(),
    lineageKind: text('lineage_kind').notNull(),
    sessionId: text('session_id'),
    datasetName: text('dataset_name'),
    datasetSha256: text('dataset_sha256'),
    source: text('source'),
    createdBy: text('created_by'),
    createdAt: moment('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.modelName, t.version] })],
);

export const artifacts = pgTable(
  'artifacts',
  {
    modelName: text('model_name').notNull(),
    version: integer('version').notNull(),
    name: text('name').notNull(),
    format: text('format').notNull(),
    sha256: text('sha256')
      .notNull()
      .references(() => blobs.sha256),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.modelName, t.version, t.name] }),
    foreignKey({
      columns: [t.modelName, t.version],
      foreignColumns: [modelVersions.modelName, modelVersions.version],
    }).onDelete('cascade'),
    index('artifacts_sha256').on(t.sha256),
  ],
);
