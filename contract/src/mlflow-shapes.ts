import { z } from 'zod';
import { ExperimentId, Lifecycle } from './experiments.ts';
import { GivenParam, GivenTag, latestMilliseconds, Milliseconds, Whole } from './mlflow-wire.ts';
import { quick } from './quick.ts';
import { MetricKey, MetricValue, metricKey } from './series.ts';
import { RunStatus } from './tracking.ts';
import { RunId } from './values.ts';

/** What MLflow's clients 3.x send and read. */
export const MlflowTag = z.object({ key: z.string(), value: z.string() });
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

export const MlflowFile = z.object({
  path: z.string(),
  is_dir: z.boolean(),
  file_size: z.number().int().optional(),
});

const Metrics = z.array(MlflowMetric).max(1000, 'at most 1000 metrics');

/** Metrics as clients send them: numbers as numbers, nothing left out. */
function isOrdinary(given: unknown): boolean {
  return Array.isArray(given) && given.length <= 1000 && given.every(isOrdinaryMetric);
}

function isOrdinaryMetric(given: unknown): boolean {
  if (typeof given !== 'object' || given === null) return false;
  const { key, value, timestamp, step } = given as Record<string, unknown>;
  return (
    Number.isFinite(value) &&
    Number.isSafeInteger(step) &&
    Number.isSafeInteger(timestamp) &&
    (timestamp as number) >= 0 &&
    (timestamp as number) <= latestMilliseconds &&
    typeof key === 'string' &&
    metricKey.test(key)
  );
}

/** At most 1000 metrics, 100 params and 100 tags, together at most 1000; 1 MB. */
export const LogBatch = z
  .object({
    run_id: RunId,
    metrics: quick(Metrics, isOrdinary).default([]),
    params: z.array(GivenParam).max(100, 'at most 100 params').default([]),
    tags: z.array(GivenTag).max(100, 'at most 100 tags').default([]),
  })
  .refine(({ metrics, params, tags }) => metrics.length + params.length + tags.length <= 1000, {
    message: 'at most 1000 metrics, params and tags together',
  });
export type LogBatch = z.infer<typeof LogBatch>;
export const logBatchLimitBytes = 1_000_000;
