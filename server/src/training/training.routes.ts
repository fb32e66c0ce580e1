import { routes } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { handle } from '../platform/http.ts';
import type { RecipesService } from './recipes.service.ts';
import { asStatus } from './run-view.ts';
import type { TrainingService } from './training.service.ts';

export function trainingRoutes(
  app: FastifyInstance,
  training: TrainingService,
  recipes: RecipesService,
): void {
  const declared = routes.training;
  handle(app, declared.start, async ({ body, caller }) => {
    const { session_id, status, queue_position } = await training.start(body, caller.name);
    return status === 'queued'
      ? { session_id, status, message: `The run waits at place ${queue_position ?? 1} of the queue.` }
      : { session_id, status: 'running' as const, message: 'The run has started.' };
  });
  handle(app, declared.resume, async ({ params, body, caller }) => {
    const run = await training.resume(params.session_id, body.from_start, caller.name);
    const from =
      run.checkpoint && !body.from_start ? `after epoch ${run.checkpoint.epoch}` : 'from the start';
    return run.status === 'queued'
      ? {
          session_id: run.session_id,
          status: run.status,
          message: `The run waits at place ${run.queue_position ?? 1} of the queue; it goes on ${from}.`,
        }
      : { session_id: run.session_id, status: 'running' as const, message: `The run goes on ${from}.` };
  });
  handle(app, declared.stop, async ({ params }) => {
    const answer = await training.stop(params.session_id);
    return answer === 'stopped'
      ? { message: 'The run is stopped; no process of it is left.' }
      : { message: 'The run was ordered to stop; its machine has not yet confirmed that it has.' };
  });
  handle(app, declared.unqueue, async ({ params }) => {
    await training.unqueue(params.session_id);
    return { message: 'The run is taken out of the queue.' };
  });
  handle(app, declared.status, async ({ params }) => asStatus(await training.get(params.session_id)));
  handle(app, declared.metrics, ({ params }) => training.lastEpoch(params.session_id));
  handle(app, declared.history, ({ params }) => training.epochs(params.session_id));
  handle(app, declared.logs, ({ params, query }) => training.logs(params.session_id, query.limit));
  handle(app, declared.run, ({ params }) => training.get(params.session_id));
  handle(app, declared.sessions, ({ query }) => training.sessions(query.limit, query.offset));
  handle(app, declared.runs, ({ query: { limit, ...filter } }) => training.list(limit, filter));
  handle(app, declared.queue, () => training.queue());
  handle(app, declared.architectures, () => recipes.list());
}
