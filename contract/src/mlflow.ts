import { z } from 'zod';
import { route } from './route.ts';
import { MetricKey, MetricValue } from './series.ts';
import { ExperimentId, Lifecycle, RunStatus } from './tracking.ts';
import { RunId } from './values.ts';

/**
 * MLflow's REST API (tracking and artifacts) as its Python client 3.x calls it. Every route is served under
 * `/ajax-api/2.0/mlflow` too. Times are milliseconds since 1970.
 */
const Milliseconds = z.coerce.number().int().min(0).max(253_402_300_799_999);
/** 64 bits on the wire, where they often travel as a text. */
const Whole = z.coerce.number().int();
const Key = z.string().min(1).max(250);
/** What the client may leave out or send as null. */
const optional = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value) => value ?? undefined);

export const MlflowTag = z.object({ key: z.string(), value: z.string() });
const GivenTag = z.object({ key: Key, value: z.string().max(8000).default('') });
const ExperimentTag = z.object({ key: Key, value: z.string().max(20_000).default('') });
const GivenParam = z.object({ key: MetricKey, value: z.string().max(6000).default('') });
export const MlflowMetric = z.object({
  key: MetricKey,
  value: MetricValue,
  timestamp: Milliseconds,
  step: Whole.default(0),
});
export type MlflowMetric = z.infer<typeof MlflowMetric>;

export const MlflowExperiment = z
  .object({
    experiment_id: ExperimentId,
    name: z.string(),
    artifact_location: z.string(),
    lifecycle_stage: Lifecycle,
    creation_time: z.number().int(),
    last_update_time: z.number().int(),
    tags: z.array(MlflowTag),
  })
  .meta({ id: 'MlflowExperiment' });

export const MlflowRunInfo = z
  .object({
    run_id: RunId,
    run_uuid: RunId,
    run_name: z.string(),
    experiment_id: ExperimentId,
    user_id: z.string(),
    status: RunStatus,
    start_time: z.number().int(),
    end_time: z.number().int().optional(),
    artifact_uri: z.string(),
    lifecycle_stage: Lifecycle,
  })
  .meta({ id: 'MlflowRunInfo' });

const Dataset = z.object({
  name: z.string().min(1).max(500),
  digest: z.string().min(1).max(36),
  source_type: z.string().min(1),
  source: z.string().min(1).max(65_535),
  schema: z.string().max(1_048_575).optional(),
  profile: z.string().optional(),
});
export const MlflowDatasetInput = z.object({
  tags: z.array(z.object({ key: z.string().max(255), value: z.string().max(500) })).default([]),
  dataset: Dataset,
});
const ModelInput = z.object({ model_id: z.string().min(1).max(100) });
const ModelOutput = ModelInput.extend({ step: Whole.default(0) });

export const MlflowRun = z
  .object({
    info: MlflowRunInfo,
    data: z.object({
      metrics: z.array(
        z.object({
          key: z.string(),
          value: MetricValue,
          timestamp: z.number().int(),
          step: z.number().int(),
        }),
      ),
      params: z.array(MlflowTag),
      tags: z.array(MlflowTag),
    }),
    inputs: z.object({
      dataset_inputs: z.array(MlflowDatasetInput),
      model_inputs: z.array(z.object({ model_id: z.string() })),
    }),
    outputs: z.object({ model_outputs: z.array(z.object({ model_id: z.string(), step: z.number().int() })) }),
  })
  .meta({ id: 'MlflowRun' });
export type MlflowRun = z.infer<typeof MlflowRun>;

const Point = z.object({
  key: z.string(),
  value: MetricValue,
  timestamp: z.number().int(),
  step: z.number().int(),
});
export const MlflowFile = z.object({
  path: z.string(),
  is_dir: z.boolean(),
  file_size: z.number().int().optional(),
});

/** At most 1000 metrics, 100 params and 100 tags, together at most 1000; 1 MB. */
export const LogBatch = z
  .object({
    run_id: RunId,
    metrics: z.array(MlflowMetric).max(1000, 'at most 1000 metrics').default([]),
    params: z.array(GivenParam).max(100, 'at most 100 params').default([]),
    tags: z.array(GivenTag).max(100, 'at most 100 tags').default([]),
  })
  .refine(({ metrics, params, tags }) => metrics.length + params.length + tags.length <= 1000, {
    message: 'at most 1000 metrics, params and tags together',
  });
export type LogBatch = z.infer<typeof LogBatch>;
export const logBatchLimitBytes = 1_000_000;

const ViewType = z.enum(['ACTIVE_ONLY', 'DELETED_ONLY', 'ALL']).default('ACTIVE_ONLY');
const Empty = z.object({});
const OneRun = z.object({ run: MlflowRun });
const tag = 'mlflow';
const family = 'mlflow';
const read = 'training.read';
const write = 'training.write';
const base = '/api/2.0/mlflow';
/** What is common to the routes that jobs may call, too. */
const common = { tag, family, jobs: true } as const;
const ofRun = z.object({ run_id: RunId });
const runGone = ['run.not_found', 'run.deleted'] as const;

const experimentRoutes = {
  createExperiment: route({
    ...common,
    method: 'POST',
    path: `${base}/experiments/create`,
    summary: 'Make an experiment',
    access: write,
    body: z.object({
      name: z.string().min(1).max(500),
      artifact_location: optional(z.string().max(2048)),
      tags: z.array(ExperimentTag).max(100).default([]),
    }),
    response: z.object({ experiment_id: ExperimentId }),
    errors: ['experiment.exists'],
  }),
  getExperiment: route({
    ...common,
    method: 'GET',
    path: `${base}/experiments/get`,
    summary: 'An experiment by its id',
    access: read,
    query: z.object({ experiment_id: ExperimentId }),
    response: z.object({ experiment: MlflowExperiment }),
    errors: ['experiment.not_found'],
  }),
  getExperimentByName: route({
    ...common,
    method: 'GET',
    path: `${base}/experiments/get-by-name`,
    summary: 'An experiment by its name',
    access: read,
    query: z.object({ experiment_name: z.string().min(1).max(500) }),
    response: z.object({ experiment: MlflowExperiment }),
    errors: ['experiment.not_found'],
  }),
  searchExperiments: route({
    ...common,
    method: 'POST',
    path: `${base}/experiments/search`,
    summary: 'Experiments that fit a filter on attributes and tags',
    access: read,
    body: z.object({
      max_results: optional(Whole.pipe(z.number().min(1).max(50_000))),
      page_token: optional(z.string().max(200)),
      filter: optional(z.string().max(10_000)),
      order_by: z.array(z.string().max(300)).max(20).default([]),
      view_type: ViewType,
    }),
    response: z.object({ experiments: z.array(MlflowExperiment), next_page_token: z.string().optional() }),
    errors: ['run.bad_filter'],
  }),
  updateExperiment: route({
    tag,
    family,
    method: 'POST',
    path: `${base}/experiments/update`,
    summary: 'Rename an experiment',
    access: write,
    body: z.object({ experiment_id: ExperimentId, new_name: z.string().min(1).max(500) }),
    response: Empty,
    errors: ['experiment.not_found', 'experiment.exists', 'experiment.deleted'],
  }),
  deleteExperiment: route({
    tag,
    family,
    method: 'POST',
    path: `${base}/experiments/delete`,
    summary: 'Delete an experiment; it can be restored',
    access: write,
    body: z.object({ experiment_id: ExperimentId }),
    response: Empty,
    errors: ['experiment.not_found', 'experiment.is_default'],
  }),
  restoreExperiment: route({
    tag,
    family,
    method: 'POST',
    path: `${base}/experiments/restore`,
    summary: 'Bring a deleted experiment back',
    access: write,
    body: z.object({ experiment_id: ExperimentId }),
    response: Empty,
    errors: ['experiment.not_found'],
  }),
  setExperimentTag: route({
    tag,
    family,
    method: 'POST',
    path: `${base}/experiments/set-experiment-tag`,
    summary: 'Set a tag of an experiment',
    access: write,
    body: ExperimentTag.extend({ experiment_id: ExperimentId }),
    response: Empty,
    errors: ['experiment.not_found', 'experiment.deleted'],
  }),
  deleteExperimentTag: route({
    tag,
    family,
    method: 'POST',
    path: `${base}/experiments/delete-experiment-tag`,
    summary: 'Remove a tag of an experiment',
    access: write,
    body: z.object({ experiment_id: ExperimentId, key: Key }),
    response: Empty,
    errors: ['experiment.not_found'],
  }),
};

const runRoutes = {
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

const metricRoutes = {
  logMetric: route({
    ...common,
    method: 'POST',
    path: `${base}/runs/log-metric`,
    summary: 'Log one point of a metric',
    access: write,
    body: ofRun.extend(MlflowMetric.shape),
    response: Empty,
    errors: runGone,
  }),
  logParam: route({
    ...common,
    method: 'POST',
    path: `${base}/runs/log-parameter`,
    summary: 'Log one param; saying the same again is harmless, another value is refused',
    access: write,
    body: ofRun.extend(GivenParam.shape),
    response: Empty,
    errors: [...runGone, 'run.param_changed'],
  }),
  logBatch: route({
    ...common,
    method: 'POST',
    path: `${base}/runs/log-batch`,
    summary: 'Log metrics, params and tags, all or nothing; saying the same again is harmless',
    access: write,
    body: LogBatch,
    response: Empty,
    errors: [...runGone, 'run.param_changed'],
  }),
  metricHistory: route({
    ...common,
    method: 'GET',
    path: `${base}/metrics/get-history`,
    summary: 'All points of a metric, by step',
    access: read,
    query: ofRun.extend({
      metric_key: MetricKey,
      max_results: Whole.pipe(z.number().min(1).max(25_000)).default(25_000),
      page_token: optional(z.string().max(200)),
    }),
    response: z.object({ metrics: z.array(Point), next_page_token: z.string().optional() }),
    errors: ['run.not_found'],
  }),
  metricHistories: route({
    ...common,
    method: 'GET',
    path: `${base}/metrics/get-history-bulk`,
    summary: 'Points of one metric of several runs',
    access: read,
    query: z.object({
      run_id: z.union([RunId.transform((one) => [one]), z.array(RunId).min(1).max(100)]),
      metric_key: MetricKey,
      max_results: Whole.pipe(z.number().min(1).max(25_000)).default(25_000),
    }),
    response: z.object({ metrics: z.array(Point.extend({ run_id: RunId })) }),
    errors: ['run.not_found'],
  }),
};

const artifactBase = '/api/2.0/mlflow-artifacts';
const fileErrors = ['artifact.bad_path', 'run.not_found'] as const;
const ofPath = z.object({ '*': z.string().min(1).max(1000) });
const Credential = z.object({
  url: z.string(),
  part_number: z.number().int(),
  headers: z.record(z.string(), z.string()),
});
const artifactRoutes = {
  listRunArtifacts: route({
    ...common,
    method: 'GET',
    path: `${base}/artifacts/list`,
    summary: 'Files and folders of a run, of one folder',
    access: read,
    query: ofRun.extend({ path: optional(z.string().max(1000)), page_token: optional(z.string().max(200)) }),
    response: z.object({ root_uri: z.string(), files: z.array(MlflowFile) }),
    errors: fileErrors,
  }),
  listArtifacts: route({
    ...common,
    method: 'GET',
    path: `${artifactBase}/artifacts`,
    summary: 'Files and folders below a path',
    access: read,
    query: z.object({ path: z.string().min(1).max(1000) }),
    response: z.object({ files: z.array(MlflowFile) }),
    errors: fileErrors,
  }),
  getArtifact: route({
    ...common,
    method: 'GET',
    path: `${artifactBase}/artifacts/*`,
    summary: 'A file; Range supported',
    access: read,
    params: ofPath,
    response: 'bytes',
    errors: [...fileErrors, 'artifact.not_found', 'range.not_satisfiable'],
  }),
  putArtifact: route({
    ...common,
    method: 'PUT',
    path: `${artifactBase}/artifacts/*`,
    summary: 'Store a file; one that is there already is replaced',
    access: write,
    params: ofPath,
    body: 'bytes',
    response: Empty,
    errors: [...fileErrors, 'run.deleted'],
  }),
  deleteArtifact: route({
    ...common,
    method: 'DELETE',
    path: `${artifactBase}/artifacts/*`,
    summary: 'Delete a file, or all below a folder',
    access: write,
    params: ofPath,
    response: Empty,
    errors: fileErrors,
  }),
  createUpload: route({
    ...common,
    method: 'POST',
    path: `${artifactBase}/mpu/create/*`,
    summary: 'Begin an upload in parts; each part is then PUT to its address',
    access: write,
    params: ofPath,
    body: z.object({
      path: z.string().min(1).max(1000),
      num_parts: Whole.pipe(z.number().min(1).max(10_000)),
    }),
    response: z.object({ upload_id: z.string(), credentials: z.array(Credential) }),
    errors: [...fileErrors, 'run.deleted'],
  }),
  putPart: route({
    ...common,
    method: 'PUT',
    path: `${artifactBase}/mpu/part/:upload_id/:part_number`,
    summary: 'One part of an upload',
    access: write,
    params: z.object({
      upload_id: z.string().regex(/^[A-Za-z0-9_-]{20,100}$/),
      part_number: Whole.pipe(z.number().min(1).max(10_000)),
    }),
    body: 'bytes',
    response: Empty,
    errors: ['artifact.no_such_upload'],
  }),
  completeUpload: route({
    ...common,
    method: 'POST',
    path: `${artifactBase}/mpu/complete/*`,
    summary: 'Put the parts of an upload together',
    access: write,
    params: ofPath,
    body: z.object({
      path: z.string().min(1).max(1000),
      upload_id: z.string().max(200),
      parts: z
        .array(z.object({ part_number: Whole, etag: z.string().max(200).default('') }))
        .min(1)
        .max(10_000),
    }),
    response: Empty,
    errors: [...fileErrors, 'run.deleted', 'artifact.no_such_upload', 'artifact.digest_mismatch'],
  }),
  abortUpload: route({
    ...common,
    method: 'POST',
    path: `${artifactBase}/mpu/abort/*`,
    summary: 'Give an upload up',
    access: write,
    params: ofPath,
    body: z.object({ path: z.string().min(1).max(1000), upload_id: z.string().max(200) }),
    response: Empty,
    errors: [...fileErrors, 'artifact.no_such_upload'],
  }),
};

const serverRoutes = {
  serverInfo: route({
    tag,
    family,
    method: 'GET',
    path: '/api/3.0/mlflow/server-info',
    summary: 'What this server can do, for clients that ask first',
    access: 'signed-in',
    jobs: true,
    response: z.object({
      store_type: z.literal('SqlStore'),
      workspaces_enabled: z.literal(false),
      trace_archival_enabled: z.literal(false),
      multipart_uploads_enabled: z.boolean(),
      multipart_downloads_enabled: z.boolean(),
    }),
  }),
};

export const mlflowRoutes = {
  ...experimentRoutes,
  ...runRoutes,
  ...metricRoutes,
  ...artifactRoutes,
  ...serverRoutes,
};
