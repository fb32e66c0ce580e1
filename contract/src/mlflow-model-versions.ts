import { z } from 'zod';
import { Description } from './lineage.ts';
import {
  GivenModelTag,
  MlflowModelVersion,
  MlflowSearch,
  MlflowVersionName,
  optionalField,
} from './mlflow-models.ts';
import { route } from './route.ts';
import { ResourceName, RunId } from './values.ts';

const Key = z.string().min(1).max(250);
const Empty = z.object({});
const OneVersion = z.object({ model_version: MlflowModelVersion });
const tag = 'mlflow';
const family = 'mlflow';
const common = { tag, family, jobs: true } as const;
const read = 'registry.read';
const write = 'registry.write';
const base = '/api/2.0/mlflow';
const gone = ['model.not_found'] as const;

/** Versions of models. */
export const mlflowModelVersionRoutes = {
  createModelVersion: route({
    ...common,
    method: 'POST',
    path: `${base}/model-versions/create`,
    summary: 'Make a version of the files of a run, a logged model or another version; they are kept with it',
    access: write,
    body: z.object({
      name: ResourceName,
      source: z.string().min(1).max(2000),
      run_id: optionalField(z.union([RunId, z.literal('')])),
      run_link: optionalField(z.string().max(2000)),
      description: optionalField(Description),
      tags: z.array(GivenModelTag).max(100).default([]),
      model_id: optionalField(z.string().max(100)),
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
    query: MlflowVersionName,
    response: OneVersion,
    errors: gone,
  }),
  searchModelVersions: route({
    ...common,
    method: 'GET',
    path: `${base}/model-versions/search`,
    summary: 'Versions that fit a filter on name, run_id, source_path, version_number and tags',
    access: read,
    query: MlflowSearch,
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
    query: MlflowVersionName,
    response: z.object({ artifact_uri: z.string() }),
    errors: gone,
  }),
  updateModelVersion: route({
    ...common,
    method: 'PATCH',
    path: `${base}/model-versions/update`,
    summary: 'Describe a version',
    access: write,
    body: MlflowVersionName.extend({ description: optionalField(Description) }),
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
    body: MlflowVersionName.extend({
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
    body: MlflowVersionName,
    response: Empty,
    errors: ['model.not_found', 'model.in_use'],
  }),
  setModelVersionTag: route({
    ...common,
    method: 'POST',
    path: `${base}/model-versions/set-tag`,
    summary: 'Set a tag of a version',
    access: write,
    body: MlflowVersionName.extend(GivenModelTag.shape),
    response: Empty,
    errors: gone,
  }),
  deleteModelVersionTag: route({
    ...common,
    method: 'DELETE',
    path: `${base}/model-versions/delete-tag`,
    summary: 'Remove a tag of a version',
    access: write,
    body: MlflowVersionName.extend({ key: Key }),
    response: Empty,
    errors: gone,
  }),
};
