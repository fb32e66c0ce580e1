import { z } from 'zod';
import { ExperimentId } from './experiments.ts';
import { MlflowDatasetInput, MlflowRun, MlflowRunInfo } from './mlflow-shapes.ts';
import {
  base,
  common,
  Empty,
  family,
  GivenTag,
  Key,
  Milliseconds,
  ofRun,
  optional,
  read,
  runGone,
  tag,
  ViewType,
  Whole,
  write,
} from './mlflow-wire.ts';
import { route } from './route.ts';
import { RunStatus } from './tracking.ts';

const OneRun = z.object({ run: MlflowRun });
const ModelInput = z.object({ model_id: z.string().min(1).max(100) });
const ModelOutput = ModelInput.extend({ step: Whole.default(0) });

/** Runs, as MLflow's clients begin, change and find them. */
export const mlflowRunRoutes = {
  createRun: route({
    ...common,
    method: 'POST',
    path: `${base}/runs/create`,
    summary: 'Begin a run',
    access: write,
    body: z.object({
      experiment_id: ExperimentId.default('0'),
      user_id: optional(z.string().max(256)),
      run_name: optional(z.string().max(250)),
      start_time: optional(Milliseconds),
      tags: z.array(GivenTag).max(1000).default([]),
    }),
    response: OneRun,
    errors: ['experiment.not_found', 'experiment.deleted'],
  }),
  getRun: route({
    ...common,
    method: 'GET',
    path: `${base}/runs/get`,
    summary: 'A run with its newest metrics, params and tags',
    access: read,
    query: ofRun,
    response: OneRun,
    errors: ['run.not_found'],
  }),
  updateRun: route({
    ...common,
    method: 'POST',
    path: `${base}/runs/update`,
    summary:
      'Change status, end or name of a run; the status of a training session’s run follows its job instead',
    access: write,
    body: ofRun.extend({
      status: optional(RunStatus),
      end_time: optional(Milliseconds),
      run_name: optional(z.string().max(250)),
    }),
    response: z.object({ run_info: MlflowRunInfo }),
    errors: runGone,
  }),
  deleteRun: route({
    tag,
    family,
    method: 'POST',
    path: `${base}/runs/delete`,
    summary: 'Delete a run; it can be restored',
    access: write,
    body: ofRun,
    response: Empty,
    errors: ['run.not_found'],
  }),
  restoreRun: route({
    tag,
    family,
    method: 'POST',
    path: `${base}/runs/restore`,
    summary: 'Bring a deleted run back',
    access: write,
    body: ofRun,
    response: Empty,
    errors: ['run.not_found'],
  }),
  searchRuns: route({
    ...common,
    method: 'POST',
    path: `${base}/runs/search`,
    summary: 'Runs of experiments that fit a filter, in an order',
    access: read,
    body: z.object({
      experiment_ids: z.array(ExperimentId).max(10_000).default([]),
      filter: optional(z.string().max(10_000)),
      run_view_type: ViewType,
      max_results: Whole.pipe(z.number().min(1).max(50_000)).default(1000),
      order_by: z.array(z.string().max(300)).max(20).default([]),
      page_token: optional(z.string().max(200)),
    }),
    response: z.object({ runs: z.array(MlflowRun), next_page_token: z.string().optional() }),
    errors: ['run.bad_filter'],
  }),
  setTag: route({
    ...common,
    method: 'POST',
    path: `${base}/runs/set-tag`,
    summary: 'Set a tag of a run',
    access: write,
    body: ofRun.extend(GivenTag.shape),
    response: Empty,
    errors: runGone,
  }),
  deleteTag: route({
    ...common,
    method: 'POST',
    path: `${base}/runs/delete-tag`,
    summary: 'Remove a tag of a run',
    access: write,
    body: ofRun.extend({ key: Key }),
    response: Empty,
    errors: runGone,
  }),
  logInputs: route({
    ...common,
    method: 'POST',
    path: `${base}/runs/log-inputs`,
    summary: 'Say which data sets and models a run read',
    access: write,
    body: ofRun.extend({
      datasets: z.array(MlflowDatasetInput).max(1000).default([]),
      models: z.array(ModelInput).max(1000).default([]),
    }),
    response: Empty,
    errors: runGone,
  }),
  logOutputs: route({
    ...common,
    method: 'POST',
    path: `${base}/runs/outputs`,
    summary: 'Say which models a run made',
    access: write,
    body: ofRun.extend({ models: z.array(ModelOutput).max(1000).default([]) }),
    response: Empty,
    errors: runGone,
  }),
};
