import type { MlflowExperiment, MlflowRun } from '@hearth/contract';
import type { z } from 'zod';
import type { ExperimentRow } from './experiments.repository.ts';
import { asMetricValue } from './live-points.ts';
import type { RunRow } from './runs.repository.ts';
import type { SeriesRow } from './series.repository.ts';

const pairs = (map: Record<string, string>) => Object.entries(map).map(([key, value]) => ({ key, value }));

/** A list of pairs as the map it stands for; the last of a key wins. */
export const asMap = (given: readonly { key: string; value: string }[]): Record<string, string> =>
  Object.fromEntries(given.map(({ key, value }) => [key, value]));

export const asMlflowExperiment = (row: ExperimentRow): z.infer<typeof MlflowExperiment> => ({
  experiment_id: String(row.id),
  name: row.name,
  artifact_location: row.artifactLocation,
  lifecycle_stage: row.lifecycle,
  creation_time: row.createdAt.getTime(),
  last_update_time: row.updatedAt.getTime(),
  tags: pairs(row.tags),
});

export const asRunInfo = (row: RunRow): MlflowRun['info'] => ({
  run_id: row.runId,
  run_uuid: row.runId,
  run_name: row.name,
  experiment_id: String(row.experimentId),
  user_id: row.userId,
  status: row.status,
  start_time: row.startMs,
  ...(row.endMs === null ? {} : { end_time: row.endMs }),
  artifact_uri: row.artifactUri,
  lifecycle_stage: row.lifecycle,
});

/** Runs with the newest point of every metric. */
export function asMlflowRuns(rows: RunRow[], series: SeriesRow[]): MlflowRun[] {
  const byRun = Map.groupBy(series, ({ runId }) => runId);
  return rows.map((row) => ({
    info: asRunInfo(row),
    data: {
      metrics: (byRun.get(row.runId) ?? []).map(({ key, last }) => ({
        key,
        value: asMetricValue(last.value),
        timestamp: last.atMs,
        step: last.step,
      })),
      params: pairs(row.params),
      tags: pairs(row.tags),
    },
    inputs: {
      dataset_inputs: row.datasetInputs,
      model_inputs: row.modelInputs.map((model_id) => ({ model_id })),
    },
    outputs: { model_outputs: row.modelOutputs },
  }));
}
