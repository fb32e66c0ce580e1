import { z } from 'zod';
import { Alias, Description, VersionNumber } from './lineage.ts';
import { MlflowTag } from './mlflow.ts';
import { route } from './route.ts';
import { ResourceName, RunId } from './values.ts';

/**
 * MLflow's model registry as its Python client 3.x calls it, over the one registry: a registered model is a model of
 * `/api/v1/models`. Every route is served under `/ajax-api/2.0/mlflow` too.
 */
const Millis = z.number().int();
const Key = z.string().min(1).max(250);
const optional = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value) => value ?? undefined);
/** A tag as programs send it. */
export const GivenModelTag = z.object({ key: Key, value: z.string().max(5000).default('') });
export const ModelStage = z.enum(['None', 'Staging', 'Production', 'Archived']);
export type ModelStage = z.infer<typeof ModelStage>;

export const MlflowModelVersion = z
  .object({
    name: z.string(),
    version: z.string(),
    creation_timestamp: Millis,
    last_updated_timestamp: Millis,
    user_id: z.string(),
    current_stage: ModelStage,
    description: z.string(),
    source: z.string(),
    run_id: z.string(),
    run_link: z.string(),
    status: z.literal('READY'),
    tags: z.array(MlflowTag),
    aliases: z.array(z.string()),
    model_id: z.string().optional(),
  })
  .meta({ id: 'MlflowModelVersion' });
export type MlflowModelVersion = z.infer<typeof MlflowModelVersion>;

export const MlflowRegisteredModel = z
  .object({
    name: z.string(),
    creation_timestamp: Millis,
    last_updated_timestamp: Millis,
    description: z.string(),
    /** The newest version of each stage. */
    latest_versions: z.array(MlflowModelVersion),
    tags: z.array(MlflowTag),
    aliases: z.array(z.object({ alias: z.string(), version: z.string() })),
  })
  .meta({ id: 'MlflowRegisteredModel' });
export type MlflowRegisteredModel = z.infer<typeof MlflowRegisteredModel>;

const Name = z.object({ name: ResourceName });
const NameAndVersion = z.object({ name: ResourceName, version: VersionNumber });
const NameAndAlias = z.object({ name: ResourceName, alias: Alias });
const Stages = z.union([z.string(), z.array(z.string())]).nullish();
/** Clients send an empty one for the first page. */
const PageToken = optional(z.string().max(200)).transform((token) => token || undefined);
const Search = z.object({
  filter: optional(z.string().max(10_000)),
  max_results: z.coerce.number().int().min(1).max(200_000).default(100),
  order_by: z
    .union([z.string().max(300), z.array(z.string().max(300)).max(20)])
    .default([])
    .transform((order) => [order].flat()),
  page_token: PageToken,
});
const Empty = z.object({});
const OneModel = z.object({ registered_model: MlflowRegisteredModel });
const OneVersion = z.object({ model_version: MlflowModelVersion });
const tag = 'mlflow';
const family = 'mlflow';
const common = { tag, family, jobs: true } as const;
const read = 'registry.read';
const write = 'registry.write';
const base = '/api/2.0/mlflow';
const gone = ['model.not_found'] as const;

const registeredModelRoutes = {
  createRegisteredModel: route({
    ...common,
    method: 'POST',
    path: `${base}/registered-models/create`,
    summary: 'Make a model that has no version yet',
    access: write,
    body: Name.extend({
      description: optional(Description),
      tags: z.array(GivenModelTag).max(100).default([]),
    }),
    response: OneModel,
    errors: ['model.exists'],
  }),
  getRegisteredModel: route({
    ...common,
    method: 'GET',
    path: `${base}/registered-models/get`,
    summary: 'A model, with the newest version of each stage',
    access: read,
    query: Name,
    response: OneModel,
    errors: gone,
  }),
  searchRegisteredModels: route({
    ...common,
    method: 'GET',
    path: `${base}/registered-models/search`,
    summary: 'Models that fit a filter on name and tags',
    access: read,
    query: Search,
    response: z.object({
      registered_models: z.array(MlflowRegisteredModel),
      next_page_token: z.string().optional(),
    }),
    errors: ['run.bad_filter'],
  }),
  renameRegisteredModel: route({
    tag,
    family,
    method: 'POST',
    path: `${base}/registered-models/rename`,
    summary: 'Rename a model; refused while it is in use',
    access: write,
    body: Name.extend({ new_name: ResourceName }),
    response: OneModel,
    errors: ['model.not_found', 'model.exists', 'model.in_use'],
  }),
  updateRegisteredModel: route({
    ...common,
    method: 'PATCH',
    path: `${base}/registered-models/update`,
    summary: 'Describe a model',
    access: write,
    body: Name.extend({ description: optional(Description) }),
    response: OneModel,
    errors: gone,
  }),
  deleteRegisteredModel: route({
    tag,
    family,
    method: 'DELETE',
    path: `${base}/registered-models/delete`,
    summary: 'Delete a model with all versions; refused while it is in use',
    access: write,
    body: Name,
    response: Empty,
    errors: ['model.not_found', 'model.in_use'],
  }),
  latestVersions: route({
    ...common,
    method: 'POST',
    path: `${base}/registered-models/get-latest-versions`,
    summary: 'The newest version of each stage',
    access: read,
    body: Name.extend({ stages: Stages }),
    response: z.object({ model_versions: z.array(MlflowModelVersion) }),
    errors: gone,
  }),
  latestVersionsByQuery: route({
    ...common,
    method: 'GET',
    path: `${base}/registered-models/get-latest-versions`,
    summary: 'The same, asked by a query',
    access: read,
    query: Name.extend({ stages: Stages }),
    response: z.object({ model_versions: z.array(MlflowModelVersion) }),
    errors: gone,
  }),
  setRegisteredModelTag: route({
    ...common,
    method: 'POST',
    path: `${base}/registered-models/set-tag`,
    summary: 'Set a tag of a model',
    access: write,
    body: Name.extend(GivenModelTag.shape),
    response: Empty,
    errors: gone,
  }),
  deleteRegisteredModelTag: route({
    ...common,
    method: 'DELETE',
    path: `${base}/registered-models/delete-tag`,
    summary: 'Remove a tag of a model',
    access: write,
    body: Name.extend({ key: Key }),
    response: Empty,
    errors: gone,
  }),
  setRegisteredModelAlias: route({
    ...common,
    method: 'POST',
    path: `${base}/registered-models/alias`,
    summary: 'Let an alias name a version',
    access: write,
    body: NameAndAlias.extend({ version: VersionNumber }),
    response: Empty,
    errors: gone,
  }),
  deleteRegisteredModelAlias: route({
    ...common,
    method: 'DELETE',
    path: `${base}/registered-models/alias`,
    summary: 'Remove an alias; one that is not there is no error',
    access: write,
    body: NameAndAlias,
    response: Empty,
    errors: gone,
  }),
  versionByAlias: route({
    ...common,
    method: 'GET',
    path: `${base}/registered-models/alias`,
    summary: 'The version an alias names',
    access: read,
    query: NameAndAlias,
    response: OneVersion,
    errors: ['model.not_found', 'model.no_such_alias'],
  }),
};

const modelVersionRoutes = {
  createModelVersion: route({
    ...common,
    method: 'POST',
    path: `${base}/model-versions/create`,
    summary: 'Make a version of the files of a run, a logged model or another version; they are kept with it',
    access: write,
    body: Name.extend({
      source: z.string().min(1).max(2000),
      run_id: optional(z.union([RunId, z.literal('')])),
      run_link: optional(z.string().max(2000)),
      description: optional(Description),
      tags: z.array(GivenModelTag).max(100).default([]),
      model_id: optional(z.string().max(100)),
    }),
    response: OneVersion,
    errors: ['model.not_found', 'model.bad_source', 'artifact.not_found'],
  }),
  getModelVersion: route({
    ...common,
    method: 'GET',
    path: `${base}/model-versions/get`,
    summary: 'A version',
    access: read,
    query: NameAndVersion,
    response: OneVersion,
    errors: gone,
  }),
  searchModelVersions: route({
    ...common,
    method: 'GET',
    path: `${base}/model-versions/search`,
    summary: 'Versions that fit a filter on name, run_id, source_path, version_number and tags',
    access: read,
    query: Search,
    response: z.object({
      model_versions: z.array(MlflowModelVersion),
      next_page_token: z.string().optional(),
    }),
    errors: ['run.bad_filter'],
  }),
  modelVersionDownloadUri: route({
    ...common,
    method: 'GET',
    path: `${base}/model-versions/get-download-uri`,
    summary: 'Where the files of a version are read',
    access: read,
    query: NameAndVersion,
    response: z.object({ artifact_uri: z.string() }),
    errors: gone,
  }),
  updateModelVersion: route({
    ...common,
    method: 'PATCH',
    path: `${base}/model-versions/update`,
    summary: 'Describe a version',
    access: write,
    body: NameAndVersion.extend({ description: optional(Description) }),
    response: OneVersion,
    errors: gone,
  }),
  transitionStage: route({
    tag,
    family,
    method: 'POST',
    path: `${base}/model-versions/transition-stage`,
    summary: 'Move a version to a stage',
    access: write,
    body: NameAndVersion.extend({
      stage: z.string().max(20),
      archive_existing_versions: z
        .union([z.boolean(), z.enum(['true', 'false'])])
        .default(false)
        .transform(String),
    }),
    response: OneVersion,
    errors: ['model.not_found', 'model.bad_stage'],
  }),
  deleteModelVersion: route({
    tag,
    family,
    method: 'DELETE',
    path: `${base}/model-versions/delete`,
    summary: 'Delete a version; refused while it is in use. The model stays',
    access: write,
    body: NameAndVersion,
    response: Empty,
    errors: ['model.not_found', 'model.in_use'],
  }),
  setModelVersionTag: route({
    ...common,
    method: 'POST',
    path: `${base}/model-versions/set-tag`,
    summary: 'Set a tag of a version',
    access: write,
    body: NameAndVersion.extend(GivenModelTag.shape),
    response: Empty,
    errors: gone,
  }),
  deleteModelVersionTag: route({
    ...common,
    method: 'DELETE',
    path: `${base}/model-versions/delete-tag`,
    summary: 'Remove a tag of a version',
    access: write,
    body: NameAndVersion.extend({ key: Key }),
    response: Empty,
    errors: gone,
  }),
};

export const mlflowModelRoutes = { ...registeredModelRoutes, ...modelVersionRoutes };
