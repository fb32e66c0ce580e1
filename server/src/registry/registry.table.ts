import type { DatasetDetails } from '@hearth/contract';
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
const description = () => text('description').notNull().default('');
const tags = () => jsonb('tags').$type<Record<string, string>>().notNull().default({});
const movable = { onDelete: 'cascade', onUpdate: 'cascade' } as const;

/** One row for each file of the store; whoever needs a file refers to it here, so none is removed too early. */
export const blobs = pgTable('blobs', {
  sha256: text('sha256').primaryKey(),
  sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
  createdAt: moment('created_at').notNull().default(sql`now()`),
});

/** What models and data sets have in common; `latest_version` is null before the first version. */
const namedColumns = () => ({
  name: text('name').primaryKey(),
  description: description(),
  tags: tags(),
  latestVersion: integer('latest_version'),
  /** The highest number ever given: a deleted version's is not given again. */
  lastVersion: integer('last_version').notNull().default(0),
  versionCount: integer('version_count').notNull().default(0),
  createdAt: moment('created_at').notNull(),
  /** When its newest version came. */
  updatedAt: moment('updated_at').notNull().default(sql`now()`),
});

/** Where a version came from. */
const lineageColumns = () => ({
  lineageKind: text('lineage_kind').notNull(),
  sessionId: text('session_id'),
  runId: text('run_id'),
  codeDigest: text('code_digest'),
  source: text('source'),
  createdBy: text('created_by'),
  createdAt: moment('created_at').notNull(),
});

export const datasets = pgTable(
  'datasets',
  {
    ...namedColumns(),
  },
  (t) => [index('datasets_newest').on(t.updatedAt.desc(), t.name)],
);

export const datasetVersions = pgTable(
  'dataset_versions',
  {
    datasetName: text('dataset_name')
      .notNull()
      .references(() => datasets.name, movable),
    version: integer('version').notNull(),
    sha256: text('sha256')
      .notNull()
      .references(() => blobs.sha256),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    format: text('format').notNull(),
    sampleCount: bigint('sample_count', { mode: 'number' }),
    dimensions: jsonb('dimensions').$type<number[]>(),
    columns: jsonb('columns').$type<string[]>(),
    details: jsonb('details').$type<DatasetDetails>(),
    fileName: text('file_name').notNull(),
    license: text('license'),
    description: description(),
    tags: tags(),
    ...lineageColumns(),
  },
  (t) => [primaryKey({ columns: [t.datasetName, t.version] }), index('dataset_versions_sha256').on(t.sha256)],
);

export const models = pgTable('models', namedColumns(), (t) => [
  index('models_newest').on(t.updatedAt.desc(), t.name),
]);

export const modelVersions = pgTable(
  'model_versions',
  {
    modelName: text('model_name')
      .notNull()
      .references(() => models.name, movable),
    version: integer('version').notNull(),
    task: text('task').notNull(),
    metadata: jsonb('metadata').$type<Record<string, unknown>>().notNull(),
    datasetName: text('dataset_name'),
    datasetVersion: integer('dataset_version'),
    datasetSha256: text('dataset_sha256'),
    description: description(),
    tags: tags(),
    ...lineageColumns(),
    /** MLflow's stage and its logged model; neither means anything elsewhere. */
    stage: text('stage').notNull().default('None'),
    loggedModelId: text('logged_model_id'),
    updatedAt: moment('updated_at').notNull().default(sql`now()`),
  },
  (t) => [primaryKey({ columns: [t.modelName, t.version] }), index('model_versions_run').on(t.runId)],
);

export const modelAliases = pgTable(
  'model_aliases',
  {
    modelName: text('model_name').notNull(),
    alias: text('alias').notNull(),
    version: integer('version').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.modelName, t.alias] }),
    foreignKey({
      columns: [t.modelName, t.version],
      foreignColumns: [modelVersions.modelName, modelVersions.version],
    })
      .onDelete('cascade')
      .onUpdate('cascade'),
  ],
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
    })
      .onDelete('cascade')
      .onUpdate('cascade'),
    index('artifacts_sha256').on(t.sha256),
  ],
);

/** Uploads that may be continued; how far one is, its file says. */
export const uploads = pgTable(
  'uploads',
  {
    id: uuid('id').primaryKey(),
    kind: text('kind').notNull(),
    name: text('name').notNull(),
    isNewVersion: boolean('is_new_version').notNull(),
    fileName: text('file_name').notNull(),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    sha256: text('sha256'),
    runId: text('run_id'),
    ownerId: text('owner_id').notNull(),
    createdBy: text('created_by').notNull(),
    /** The version it became. */
    version: integer('version'),
    createdAt: moment('created_at').notNull(),
    expiresAt: moment('expires_at').notNull(),
  },
  (t) => [index('uploads_owner').on(t.ownerId, t.createdAt.desc()), index('uploads_expiry').on(t.expiresAt)],
);
