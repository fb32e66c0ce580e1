import { routes } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { abandonBody } from '../platform/abandon-body.ts';
import { AppError } from '../platform/errors.ts';
import { handle } from '../platform/http.ts';
import { asJob } from './job.ts';
import type { JobsService } from './jobs.service.ts';

export function jobsRoutes(app: FastifyInstance, jobs: JobsService): void {
  handle(app, routes.jobs.list, ({ query: { limit, cursor, kind, state } }) =>
    jobs.list(limit, cursor, kind, state),
  );
  handle(app, routes.jobs.get, async ({ params }) => asJob(await jobs.get(params.id)));
  handle(app, routes.jobs.logs, async ({ params, query }) => {
    const { id } = await jobs.get(params.id);
    return jobs.logs(id, query.limit, query.after);
  });
  handle(app, routes.jobs.cancel, async ({ params }) => ({
    message: messageOf(await jobs.cancel(params.id)),
  }));
  handle(app, routes.jobs.putArtifact, async ({ params, query, caller, body, request }) => {
    try {
      if (caller.id !== params.id)
        throw new AppError('job.foreign_lease', 'This token belongs to another job.');
      return await jobs.putArtifact(caller, params.id, { name: params.name, ...query }, body);
    } catch (error) {
      abandonBody(request);
      throw error;
    }
  });
}

const messageOf = (answer: 'stopped' | 'ordered') =>
  answer === 'stopped'
    ? 'The job is stopped; no process of it is left.'
    : 'The job was ordered to stop; its machine has not yet confirmed that it has.';
