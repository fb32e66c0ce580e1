import { z } from 'zod';
import { LogBatch, MlflowMetric } from './mlflow-shapes.ts';
import {
  base,
  common,
  Empty,
  GivenParam,
  ofRun,
  optional,
  read,
  runGone,
  Whole,
  write,
} from './mlflow-wire.ts';
import { route } from './route.ts';
import { MetricKey, MetricValue } from './series.ts';
import { RunId } from './values.ts';

const Point = z.object({
  key: z.string(),
  value: MetricValue,
  timestamp: z.number().int(),
  step: z.number().int(),
});
/** What runs measured and were told, as MLflow's clients log and read it. */
export const mlflowMetricRoutes = {
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
