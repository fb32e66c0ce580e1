import { z } from 'zod';
import {
  Alias,
  Flag,
  Lineage,
  NamedListQuery,
  NamedPatch,
  named,
  namedFields,
  Tags,
  Use,
  VersionNumber,
  VersionPatch,
  versioned,
} from './lineage.ts';
import { route } from './route.ts';
import { Message, ResourceName, RunId, Sha256, Timestamp } from './values.ts';

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
    lineage: Lineage,
    description: z.string(),
    tags: Tags,
    aliases: z.array(z.string()),
    /** Digest of the whole version: SHA-256 of the sorted lines `<sha256>  <artifact>`. */
    digest: Sha256,
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
    ...namedFields,
    /** Alias → version. */
    aliases: z.record(z.string(), z.number().int()),
    task: ModelTask,
    formats: z.array(z.string()),
    deployed: z.boolean(),
  })
  .meta({ id: 'Model' });
export type Model = z.infer<typeof Model>;

/** A version by its number or by an alias; neither means the newest. */
const chosenVersion = { version: VersionNumber.optional(), alias: Alias.optional() };
const tag = 'models';
export const modelRoutes = {
  listModels: route({
    method: 'GET',
    path: '/api/v1/models',
    summary: 'Models that have a version, newest first; the header x-next-cursor leads to further ones',
    tag,
    access: 'registry.read',
    query: NamedListQuery,
    response: z.array(Model),
  }),
  downloadModel: route({
    method: 'GET',
    path: '/api/v1/models/:name',
    summary: "A version's main file, newest by default, or the one of a format or name; Range supported",
    tag,
    access: 'registry.read',
    params: named,
    query: z.object({
      ...chosenVersion,
      format: z.enum(['onnx', 'safetensors', 'gguf']).optional(),
      /** Name of one artifact. */
      file: z.string().min(1).max(1000).optional(),
    }),
    response: 'bytes',
    errors: ['model.not_found', 'model.no_such_alias', 'model.no_such_format', 'range.not_satisfiable'],
  }),
  uploadModel: route({
    method: 'POST',
    path: '/api/v1/models',
    summary: 'Upload a model file',
    tag,
    access: 'registry.write',
    jobs: true,
    query: z.object({ model_name: ResourceName, new_version: Flag, run_id: RunId.optional() }),
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
  modelVersion: route({
    method: 'GET',
    path: '/api/v1/models/:name/versions/:version',
    summary: 'One version of a model',
    tag,
    access: 'registry.read',
    params: versioned,
    response: ModelVersion,
    errors: ['model.not_found'],
  }),
  modelInfo: route({
    method: 'GET',
    path: '/api/v1/models/:name/info',
    summary: 'One model, and who uses it',
    tag,
    access: 'registry.read',
    params: named,
    response: Model.extend({ used_by: z.array(Use) }),
    errors: ['model.not_found'],
  }),
  changeModel: route({
    method: 'PATCH',
    path: '/api/v1/models/:name',
    summary: 'Rename or describe a model; renaming is refused while it is in use',
    tag,
    access: 'registry.write',
    params: named,
    body: NamedPatch,
    response: Model,
    errors: ['model.not_found', 'model.exists', 'model.in_use'],
  }),
  changeModelVersion: route({
    method: 'PATCH',
    path: '/api/v1/models/:name/versions/:version',
    summary: 'Describe a version',
    tag,
    access: 'registry.write',
    params: versioned,
    body: VersionPatch,
    response: ModelVersion,
    errors: ['model.not_found'],
  }),
  deleteModelVersion: route({
    method: 'DELETE',
    path: '/api/v1/models/:name/versions/:version',
    summary: 'Delete one version; refused while deployed. The last one takes the model along',
    tag,
    access: 'registry.write',
    params: versioned,
    response: Message,
    errors: ['model.not_found', 'model.in_use'],
  }),
  setModelAlias: route({
    method: 'PUT',
    path: '/api/v1/models/:name/aliases/:alias',
    summary: 'Let an alias name a version; it leaves the one it named before',
    tag,
    access: 'registry.write',
    params: named.extend({ alias: Alias }),
    body: z.object({ version: VersionNumber }),
    response: ModelVersion,
    errors: ['model.not_found'],
  }),
  removeModelAlias: route({
    method: 'DELETE',
    path: '/api/v1/models/:name/aliases/:alias',
    summary: 'Remove an alias',
    tag,
    access: 'registry.write',
    params: named.extend({ alias: Alias }),
    response: Message,
    errors: ['model.not_found', 'model.no_such_alias'],
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
