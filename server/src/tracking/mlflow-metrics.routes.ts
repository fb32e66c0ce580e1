import { logBatchLimitBytes, type MlflowMetric, routes } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { AppError } from '../platform/errors.ts';
import type { Call } from '../platform/http.ts';
import { readCursor, toPage } from '../platform/paging.ts';
import { handleMlflow } from './handle-mlflow.ts';
import { asMetricValue } from './live-points.ts';
import { asMap } from './mlflow-view.ts';
import { tokenField } from './page-tokens.ts';
import type { Plotted } from './plotted.ts';
import { requireOwn } from './run-access.ts';
import type { SeriesService } from './series.service.ts';
import type { TrackingService } from './tracking.service.ts';
import type { Point } from './tracking.types.ts';

export function mlflowMetricsRoutes(
  app: FastifyInstance,
  tracking: TrackingService,
  series: SeriesService,
): void {
  const { mlflow } = routes;
  handleMlflow(app, mlflow.logMetric, async ({ body: { run_id, ...metric }, caller }) => {
    await tracking.log(run_id, { points: [asPoint(metric)] }, requireOwn(caller));
    return {};
  });
  handleMlflow(app, mlflow.logParam, async ({ body: { run_id, key, value }, caller }) => {
    await tracking.log(run_id, { params: { [key]: value } }, requireOwn(caller));
    return {};
  });
  const logBatch = async ({
    body: { run_id, metrics, params, tags },
    caller,
  }: Call<typeof mlflow.logBatch>) => {
    const entries = { points: metrics.map(asPoint), params: distinct(params), tags: asMap(tags) };
    await tracking.log(run_id, entries, requireOwn(caller));
    return {};
  };
  handleMlflow(app, mlflow.logBatch, logBatch, { bodyLimit: logBatchLimitBytes });
  handleMlflow(app, mlflow.metricHistory, async ({ query }) => {
    const { run_id, metric_key, max_results: limit, page_token } = query;
    await tracking.get(run_id);
    const [of] = await series.ofRuns([run_id], [metric_key]);
    if (!of) return { metrics: [] };
    const rows = await series.history(of.id, placeOf(page_token), limit + 1);
    const asPlace = ({ step, atMs, value }: Plotted) => [step, atMs, asMetricValue(value)];
    const { items, next_cursor } = toPage(rows, limit, asPlace, (point) => asMetric(metric_key, point));
    return { metrics: items, ...tokenField(next_cursor) };
  });
  handleMlflow(
    app,
    mlflow.metricHistories,
    async ({ query: { run_id: runIds, metric_key, max_results } }) => {
      await tracking.requireAll(runIds);
      const rows = await series.ofRuns(runIds, [metric_key]);
      const runOf = new Map(rows.map(({ id, runId }) => [id, runId]));
      const points = await series.histories([...runOf.keys()], max_results);
      const metrics = points.map(({ id, ...point }) => ({
        ...asMetric(metric_key, point),
        run_id: runOf.get(id)!,
      }));
      return { metrics };
    },
  );
}

const asPoint = ({ key, value, timestamp, step }: MlflowMetric): Point => ({
  key,
  step,
  atMs: timestamp,
  value: Number(value),
});
const asMetric = (key: string, { step, atMs, value }: Plotted) => ({
  key,
  value: asMetricValue(value),
  timestamp: atMs,
  step,
});

const Place = z.tuple([z.int(), z.int(), z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])])]);
function placeOf(token: string | undefined): Plotted | undefined {
  const place = readCursor(Place, token);
  return place && { step: place[0], atMs: place[1], value: Number(place[2]) };
}

/** Params of one request; the same twice is one, two values of one are a mistake. */
function distinct(params: { key: string; value: string }[]): Record<string, string> {
  const map = asMap(params);
  const changed = params.find(({ key, value }) => map[key] !== value);
  if (changed)
    throw new AppError('run.param_changed', `Two values of the param ${changed.key} in one request.`, {
      key: changed.key,
    });
  return map;
}
