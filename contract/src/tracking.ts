import { z } from 'zod';
import { ExperimentId, experimentRoutes, Lifecycle, Note } from './experiments.ts';
import { route } from './route.ts';
import { MetricKey, MetricValue } from './series.ts';
import { Message, PageQuery, pageOf, RunId, SessionId, Timestamp } from './values.ts';

export const RunStatus = z.enum(['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED']);
export type RunStatus = z.infer<typeof RunStatus>;

/** One point of a series. */
export const SeriesPoint = z.object({ step: z.number().int(), at: Timestamp, value: MetricValue });
export type SeriesPoint = z.infer<typeof SeriesPoint>;

/** A run of an experiment: one training session, or what some program logged through MLflow's client. */
export const TrackedRun = z
  .object({
    run_id: RunId,
    experiment_id: ExperimentId,
    name: z.string(),
    status: RunStatus,
    lifecycle: Lifecycle,
    user: z.string(),
    note: z.string(),
    start_time: Timestamp,
    end_time: Timestamp.nullable(),
    params: z.record(z.string(), z.string()),
    tags: z.record(z.string(), z.string()),
    /** The newest point of every metric. */
    metrics: z.record(z.string(), SeriesPoint),
    datasets: z.array(
      z.object({
        name: z.string(),
        digest: z.string(),
        source_type: z.string(),
        context: z.string().nullable(),
      }),
    ),
    /** The training session it is the run of. */
    session_id: SessionId.nullable(),
    artifact_uri: z.string(),
    created_by: z.string().nullable(),
  })
  .meta({ id: 'TrackedRun' });
export type TrackedRun = z.infer<typeof TrackedRun>;

/** One metric of a run; `min` and `max` are of its finite values, null where it has none. */
export const Series = z
  .object({
    key: z.string(),
    points: z.number().int(),
    first_step: z.number().int(),
    last: SeriesPoint,
    min: z.number().nullable(),
    max: z.number().nullable(),
  })
  .meta({ id: 'Series' });
export type Series = z.infer<typeof Series>;

/**
 * A series as the line of a chart. `exact`: every point of the range is there; otherwise they are the lowest and the
 * highest of every stretch of steps, and the first and the last.
 */
export const SeriesLine = z
  .object({ run_id: RunId, key: z.string(), exact: z.boolean(), points: z.array(SeriesPoint) })
  .meta({ id: 'SeriesLine' });
export type SeriesLine = z.infer<typeof SeriesLine>;

export const RunArtifact = z
  .object({ path: z.string(), is_dir: z.boolean(), size_bytes: z.number().int().nullable() })
  .meta({ id: 'RunArtifact' });
export type RunArtifact = z.infer<typeof RunArtifact>;

const step = z.coerce.number().int().optional();
const LineQuery = z.object({
  key: MetricKey,
  from: step,
  to: step,
  /** Points at most; about one a pixel is enough. */
  most: z.coerce.number().int().min(10).max(10_000).default(2000),
});
const TagKey = z.string().min(1).max(250);

const tag = 'tracking';
const read = 'training.read';
const write = 'training.write';
const ofRun = z.object({ run_id: RunId });
export const trackingRoutes = {
  ...experimentRoutes,
  runs: route({
    method: 'GET',
    path: '/api/v1/runs',
    summary: 'Tracked runs; `search` finds in names, params and tags, `filter` takes MLflow’s grammar',
    tag,
    access: read,
    query: PageQuery.extend({
      experiment_id: ExperimentId.optional(),
      status: RunStatus.optional(),
      lifecycle: Lifecycle.default('active'),
      search: z.string().max(200).optional(),
      /** As `metrics.loss < 0.5 and params.optimizer = 'adam'`. */
      filter: z.string().max(4000).optional(),
      /** As `metrics.loss asc`; default: newest first. */
      order_by: z.string().max(300).optional(),
    }),
    response: pageOf(TrackedRun),
    errors: ['run.bad_filter'],
  }),
  run: route({
    method: 'GET',
    path: '/api/v1/runs/:run_id',
    summary: 'One tracked run',
    tag,
    access: read,
    params: ofRun,
    response: TrackedRun,
    errors: ['run.not_found'],
  }),
  updateRun: route({
    method: 'PATCH',
    path: '/api/v1/runs/:run_id',
    summary: 'Change name, note or tags of a run; a tag set to null is removed',
    tag,
    access: write,
    params: ofRun,
    body: z.object({
      name: z.string().trim().min(1).max(250).optional(),
      note: Note.optional(),
      tags: z.record(TagKey, z.string().max(8000).nullable()).optional(),
    }),
    response: TrackedRun,
    errors: ['run.not_found', 'run.deleted'],
  }),
  deleteRun: route({
    method: 'DELETE',
    path: '/api/v1/runs/:run_id',
    summary: 'Delete a run; it can be restored',
    tag,
    access: write,
    params: ofRun,
    response: Message,
    errors: ['run.not_found'],
  }),
  restoreRun: route({
    method: 'POST',
    path: '/api/v1/runs/:run_id/restore',
    summary: 'Bring a deleted run back',
    tag,
    access: write,
    params: ofRun,
    response: TrackedRun,
    errors: ['run.not_found'],
  }),
  series: route({
    method: 'GET',
    path: '/api/v1/runs/:run_id/series',
    summary: 'The metrics of a run, by name',
    tag,
    access: read,
    params: ofRun,
    response: z.object({ items: z.array(Series) }),
    errors: ['run.not_found'],
  }),
  points: route({
    method: 'GET',
    path: '/api/v1/runs/:run_id/points',
    summary: 'A metric of a run as a line: exact up to `most` points, else the extremes of every stretch',
    tag,
    access: read,
    params: ofRun,
    query: LineQuery,
    response: SeriesLine,
    errors: ['run.not_found', 'run.metric_not_found'],
  }),
  compare: route({
    method: 'GET',
    path: '/api/v1/series',
    summary: 'One metric of several runs (their ids with commas between); runs without it are left out',
    tag,
    access: read,
    query: LineQuery.extend({
      run_ids: z
        .string()
        .max(2000)
        .transform((text) => text.split(','))
        .pipe(z.array(RunId).min(1).max(50)),
    }),
    response: z.object({ items: z.array(SeriesLine) }),
  }),
  artifacts: route({
    method: 'GET',
    path: '/api/v1/runs/:run_id/artifacts',
    summary: 'Files and folders of a run, of one folder',
    tag,
    access: read,
    params: ofRun,
    query: z.object({ path: z.string().max(500).default('') }),
    response: z.object({ items: z.array(RunArtifact) }),
    errors: ['run.not_found', 'artifact.bad_path'],
  }),
  downloadArtifact: route({
    method: 'GET',
    path: '/api/v1/runs/:run_id/artifacts/file',
    summary: 'One file of a run; Range supported',
    tag,
    access: read,
    params: ofRun,
    query: z.object({ path: z.string().min(1).max(500) }),
    response: 'bytes',
    errors: ['run.not_found', 'artifact.not_found', 'artifact.bad_path', 'range.not_satisfiable'],
  }),
};
