import type { Experiment, Series, SeriesLine, SeriesPoint, TrackedRun } from '@hearth/contract';
import type { ExperimentRow } from './experiments.repository.ts';
import { asMetricValue } from './live-points.ts';
import type { Plotted } from './plotted.ts';
import type { RunRow } from './runs.repository.ts';
import type { SeriesRow } from './series.repository.ts';
import type { Line } from './series.service.ts';

/** Where MLflow keeps what people write about a run or an experiment. */
export const noteTag = 'mlflow.note.content';
const at = (ms: number): string => new Date(ms).toISOString();

export const asExperiment = (row: ExperimentRow, runs: number): Experiment => ({
  experiment_id: String(row.id),
  name: row.name,
  lifecycle: row.lifecycle,
  note: row.tags[noteTag] ?? '',
  tags: row.tags,
  runs,
  created_by: row.createdBy,
  created_at: row.createdAt.toISOString(),
  updated_at: row.updatedAt.toISOString(),
});

const asSeriesPoint = ({ step, atMs, value }: Plotted): SeriesPoint => ({
  step,
  at: at(atMs),
  value: asMetricValue(value),
});

export const asSeries = ({ key, points, firstStep, last, min, max }: SeriesRow): Series => ({
  key,
  points,
  first_step: firstStep,
  last: asSeriesPoint(last),
  min,
  max,
});

export const asLine = ({ runId, key }: SeriesRow, { points, isExact }: Line): SeriesLine => ({
  run_id: runId,
  key,
  exact: isExact,
  points: points.map(asSeriesPoint),
});

export function asTrackedRuns(rows: RunRow[], series: SeriesRow[]): TrackedRun[] {
  const byRun = Map.groupBy(series, ({ runId }) => runId);
  return rows.map((row) => ({
    run_id: row.runId,
    experiment_id: String(row.experimentId),
    name: row.name,
    status: row.status,
    lifecycle: row.lifecycle,
    user: row.userId,
    note: row.tags[noteTag] ?? '',
    start_time: at(row.startMs),
    end_time: row.endMs === null ? null : at(row.endMs),
    params: row.params,
    tags: row.tags,
    metrics: Object.fromEntries(
      (byRun.get(row.runId) ?? []).map(({ key, last }) => [key, asSeriesPoint(last)]),
    ),
    datasets: row.datasetInputs.map(({ dataset: { name, digest, source_type }, tags }) => ({
      name,
      digest,
      source_type,
      context: tags.find(({ key }) => key === 'mlflow.data.context')?.value ?? null,
    })),
    session_id: row.sessionId,
    artifact_uri: row.artifactUri,
    created_by: row.createdBy,
  }));
}
