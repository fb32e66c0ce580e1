import { z } from 'zod';
import { JobProgress, LogLevel } from './jobs.ts';
import { route } from './route.ts';
import { MetricKey, MetricValue } from './series.ts';
import { Message, Uuid } from './values.ts';

const Scalar = z.union([z.string().max(6000), z.number(), z.boolean()]);

/** What a program tells of its run that the server can take by itself, over HTTP too. */
export const RunReport = z
  .object({
    /** Values by name, all of the same step; null is left out. */
    metrics: z.record(MetricKey, MetricValue.nullable()).optional(),
    /** Step of these metrics; for an epoch's figures the epoch, from 1. */
    step: z.number().int().default(0),
    params: z.record(z.string().min(1).max(250), Scalar).optional(),
  })
  .meta({ id: 'RunReport' });
export type RunReport = z.infer<typeof RunReport>;

/**
 * One line of a recipe's standard output, where it is a JSON object with one of these fields. Besides what `RunReport`
 * has: what only the agent beside the program can act on.
 */
export const ProgramReport = RunReport.extend({
  progress: JobProgress.extend({
    total: JobProgress.shape.total.default(null),
    unit: JobProgress.shape.unit.default('epochs'),
  }).optional(),
  /** Name of a file in the checkpoint folder; it is the agent's from here on. */
  checkpoint: z.string().min(1).max(200).optional(),
  /** Epochs that are done in this checkpoint. */
  epoch: z.number().int().nonnegative().optional(),
  /** Facts of the model, kept with it. */
  result: z.record(z.string(), z.unknown()).optional(),
  log: z.string().optional(),
  level: LogLevel.default('INFO'),
  /** Why the program is about to end with another code than 0, for the person whose run it is. */
  error: z.string().max(4000).optional(),
});
export type ProgramReport = z.infer<typeof ProgramReport>;

export const reportRoutes = {
  report: route({
    method: 'POST',
    path: '/api/v1/jobs/:id/report',
    summary: "Metrics and params of a job's tracked run, told by its own process",
    tag: 'jobs',
    access: 'job',
    params: z.object({ id: Uuid }),
    body: RunReport.strict(),
    response: Message,
    errors: ['job.foreign_lease', 'training.not_found'],
  }),
};
