import { z } from 'zod';
import { Timestamp } from './values.ts';

/** A number that JSON can carry, or the name of one it cannot. */
export const MetricValue = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]);
export type MetricValue = z.infer<typeof MetricValue>;

/** As MLflow allows it: letters, digits, `_ - . space : /`; at most 250. */
export const metricKey = /^[\w\-. :/]{1,250}$/;
/** Name of a metric. */
export const MetricKey = z.string().regex(metricKey);

/** One measured point of a series as it goes to watchers. */
export const LivePoint = z
  .object({ key: MetricKey, step: z.number().int(), at: Timestamp, value: MetricValue })
  .meta({ id: 'LivePoint' });
export type LivePoint = z.infer<typeof LivePoint>;
