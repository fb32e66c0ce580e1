import { z } from 'zod';
import { route } from './route.ts';
import { Message, ResourceName, SessionId, Sha256, Timestamp } from './values.ts';

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

const named = z.object({ name: ResourceName });
const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((v) => v === 'true');
const tag = 'models';
export const modelRoutes = {
  listModels: route({
    method: 'GET',
    path: '/api/v1/models',
    summary: 'Models',
    tag,
    access: 'registry.read',
    response: z.array(Model),
  }),
  downloadModel: route({
    method: 'GET',
    path: '/api/v1/models/:name',
    summary: "A version's file, newest by default; Range supported",
    tag,
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
    tag,
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
    tag,
    access: 'registry.read',
    params: named,
    response: z.array(ModelVersion),
    errors: ['model.not_found'],
  }),
  deleteModel: route({
    method: 'DELETE',
    path: '/api/v1/models/:name',
    summary: 'Delete a model with all versions; refused while deployed',
    tag,
    access: 'registry.write',
    params: named,
    response: Message,
    errors: ['model.not_found', 'model.in_use'],
  }),
};
