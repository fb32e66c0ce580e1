import { z } from 'zod';
import { ExperimentId } from './experiments.ts';
import { GivenModelTag, optionalField } from './mlflow-models.ts';
import { MlflowFile, MlflowTag } from './mlflow-shapes.ts';
import { route } from './route.ts';
import { RunId } from './values.ts';

const Millis = z.number().int();
const Key = z.string().min(1).max(250);
/** Clients send an empty one for the first page. */
const PageToken = optionalField(z.string().max(200)).transform((token) => token || undefined);
const Empty = z.object({});
const tag = 'mlflow';
const family = 'mlflow';
const common = { tag, family, jobs: true } as const;
const base = '/api/2.0/mlflow';

export const LoggedModelId = z.string().regex(/^m-[0-9a-f]{32}$/);
export const LoggedModelStatus = z.enum([
  'LOGGED_MODEL_PENDING',
  'LOGGED_MODEL_READY',
  'LOGGED_MODEL_UPLOAD_FAILED',
]);
export type LoggedModelStatus = z.infer<typeof LoggedModelStatus>;
const LoggedModelParam = z.object({ key: Key, value: z.string().max(6000).default('') });

export const MlflowLoggedModel = z
  .object({
    info: z.object({
      model_id: LoggedModelId,
      experiment_id: ExperimentId,
      name: z.string(),
      creation_timestamp_ms: Millis,
      last_updated_timestamp_ms: Millis,
      artifact_uri: z.string(),
      status: LoggedModelStatus,
      model_type: z.string(),
      source_run_id: z.string(),
      tags: z.array(MlflowTag),
      /** Versions of models made of it. */
      registrations: z.array(z.object({ name: z.string(), version: z.string() })),
    }),
    data: z.object({ params: z.array(MlflowTag) }),
  })
  .meta({ id: 'MlflowLoggedModel' });
export type MlflowLoggedModel = z.infer<typeof MlflowLoggedModel>;

const OneLoggedModel = z.object({ model: MlflowLoggedModel });
const params = z.object({ model_id: LoggedModelId });
const path = `${base}/logged-models/:model_id`;
const loggedGone = ['logged_model.not_found'] as const;
/** MLflow's logged models, as its Python client 3.x calls them. */
export const mlflowLoggedModelRoutes = {
  createLoggedModel: route({
    ...common,
    method: 'POST',
    path: `${base}/logged-models`,
    summary: 'Begin to log a model',
    access: 'training.write',
    body: z.object({
      experiment_id: ExperimentId.default('0'),
      name: optionalField(z.string().min(1).max(500)),
      model_type: optionalField(z.string().max(500)),
      source_run_id: optionalField(z.union([RunId, z.literal('')])),
      params: z.array(LoggedModelParam).max(1000).default([]),
      tags: z.array(GivenModelTag).max(1000).default([]),
    }),
    response: OneLoggedModel,
    errors: ['experiment.not_found', 'run.not_found'],
  }),
  searchLoggedModels: route({
    ...common,
    method: 'POST',
    path: `${base}/logged-models/search`,
    summary: 'Logged models of experiments that fit a filter',
    access: 'training.read',
    body: z.object({
      experiment_ids: z.array(ExperimentId).max(10_000).default([]),
      filter: optionalField(z.string().max(10_000)),
      max_results: z.coerce.number().int().min(1).max(50_000).default(100),
      order_by: z
        .array(z.object({ field_name: z.string().max(300), ascending: z.boolean().default(true) }))
        .max(20)
        .default([]),
      page_token: PageToken,
    }),
    response: z.object({ models: z.array(MlflowLoggedModel), next_page_token: z.string().optional() }),
    errors: ['run.bad_filter'],
  }),
  getLoggedModel: route({
    ...common,
    method: 'GET',
    path,
    summary: 'A logged model',
    access: 'training.read',
    params,
    response: OneLoggedModel,
    errors: loggedGone,
  }),
  finalizeLoggedModel: route({
    ...common,
    method: 'PATCH',
    path,
    summary: 'Say that all its files have come, or that they failed',
    access: 'training.write',
    params,
    body: z.object({ status: LoggedModelStatus }),
    response: OneLoggedModel,
    errors: loggedGone,
  }),
  deleteLoggedModel: route({
    tag,
    family,
    method: 'DELETE',
    path,
    summary: 'Delete a logged model with its files; versions made of it keep theirs',
    access: 'training.write',
    params,
    response: Empty,
    errors: loggedGone,
  }),
  logLoggedModelParams: route({
    ...common,
    method: 'POST',
    path: `${path}/params`,
    summary: 'Add params of a logged model',
    access: 'training.write',
    params,
    body: z.object({ params: z.array(LoggedModelParam).max(1000).default([]) }),
    response: Empty,
    errors: loggedGone,
  }),
  setLoggedModelTags: route({
    ...common,
    method: 'PATCH',
    path: `${path}/tags`,
    summary: 'Set tags of a logged model',
    access: 'training.write',
    params,
    body: z.object({ tags: z.array(GivenModelTag).max(1000).default([]) }),
    response: OneLoggedModel,
    errors: loggedGone,
  }),
  deleteLoggedModelTag: route({
    ...common,
    method: 'DELETE',
    path: `${path}/tags/:key`,
    summary: 'Remove a tag of a logged model',
    access: 'training.write',
    params: params.extend({ key: Key }),
    response: Empty,
    errors: loggedGone,
  }),
  listLoggedModelArtifacts: route({
    ...common,
    method: 'GET',
    path: `${path}/artifacts/directories`,
    summary: 'Files of a logged model, folder by folder',
    access: 'training.read',
    params,
    query: z.object({ artifact_directory_path: z.string().max(1000).optional() }),
    response: z.object({ root_uri: z.string(), files: z.array(MlflowFile) }),
    errors: ['logged_model.not_found', 'artifact.bad_path'],
  }),
  logModel: route({
    ...common,
    method: 'POST',
    path: `${base}/runs/log-model`,
    summary: 'Note on a run which model it logged (clients before 3.0)',
    access: 'training.write',
    body: z.object({ run_id: RunId, model_json: z.string().max(1_000_000) }),
    response: Empty,
    errors: ['run.not_found', 'run.deleted'],
  }),
};
