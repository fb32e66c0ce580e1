import { routes } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { handle } from '../platform/http.ts';
import type { TrackingService } from '../tracking/tracking.service.ts';

/** What a job's process tells of its run over HTTP, in the same words as on its standard output. */
export function reportRoutes(app: FastifyInstance, tracking: TrackingService, clock: Clock): void {
  handle(app, routes.reports.report, async ({ params, body, caller }) => {
    if (caller.kind !== 'job' || caller.id !== params.id)
      throw new AppError('job.foreign_lease', 'This job is not, or no longer, yours.');
    if (!caller.runId) throw new AppError('training.not_found', 'This job has no tracked run.');
    const { metrics = {}, step, params: told = {} } = body;
    const atMs = clock().getTime();
    const points = Object.entries(metrics).flatMap(([key, value]) =>
      value === null ? [] : [{ key, step, atMs, value: Number(value) }],
    );
    const texts = Object.entries(told).map(([name, value]) => [name, String(value)]);
    await tracking.log(caller.runId, { points, params: Object.fromEntries(texts) }, () => undefined);
    return { message: 'Taken.' };
  });
}
