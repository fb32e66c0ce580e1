import { z } from 'zod';
import { Alias, Description, VersionNumber } from './lineage.ts';
import { MlflowTag } from './mlflow-shapes.ts';
import { route } from './route.ts';
import { ResourceName } from './values.ts';

/**
 * MLflow's model registry as its Python client 3.x calls it, over the one registry: a registered model is a model of
 * `/api/v1/models`. Every route is served under `/ajax-api/2.0/mlflow` too.
 */
const Millis = z.number().int();
const Key = z.string().min(1).max(250);
/** What the client may leave out or send as null. */
export const optionalField = <T extends z.ZodType>(schema: T) =>
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
/** A version as its routes name it. */
export const MlflowVersionName = z.object({ name: ResourceName, version: VersionNumber });
const NameAndAlias = z.object({ name: ResourceName, alias: Alias });
const Stages = z.union([z.string(), z.array(z.string())]).nullish();
/** Clients send an empty one for the first page. */
const PageToken = optionalField(z.string().max(200)).transform((token) => token || undefined);
/** A search of the registry, as its routes ask. */
export const MlflowSearch = z.object({
  filter: optionalField(z.string().max(10_000)),
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

/** Models and their aliases. */
export const mlflowModelRoutes = {
  createRegisteredModel: route({
    ...common,
    method: 'POST',
    path: `${base}/registered-models/create`,
    summary: 'Make a model that has no version yet',
    access: write,
    body: Name.extend({
      description: optionalField(Description),
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
    query: MlflowSearch,
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
    tag,
    family,
    method: 'PATCH',
    path: `${base}/registered-models/update`,
    summary: 'Describe a model',
    access: write,
    body: Name.extend({ description: optionalField(Description) }),
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
    tag,
    family,
    method: 'POST',
    path: `${base}/registered-models/set-tag`,
    summary: 'Set a tag of a model',
    access: write,
    body: Name.extend(GivenModelTag.shape),
    response: Empty,
    errors: gone,
  }),
  deleteRegisteredModelTag: route({
    tag,
    family,
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
    tag,
    family,
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
