import { routes } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { handle } from '../platform/http.ts';
import type { PullsService } from './pulls.service.ts';
import { pullSuggestions } from './suggestions.ts';

export function pullsRoutes(app: FastifyInstance, pulls: PullsService): void {
  const { registry } = routes;
  handle(app, registry.pullSuggestions, () => pullSuggestions.map(({ modelName: _name, ...shown }) => shown));
  handle(app, registry.listPulls, () => pulls.newest());
  handle(app, registry.startPull, ({ body: { source, model_name: modelName, sha256 }, caller }) =>
    pulls.start({ source, modelName, sha256, createdBy: caller.name }),
  );
  handle(app, registry.cancelPull, async ({ params }) => {
    const answer = await pulls.cancel(params.id);
    return answer === 'stopped'
      ? { message: 'The pull is stopped; what was fetched is kept for a later try.' }
      : { message: 'The pull was ordered to stop; its machine has not yet confirmed that it has.' };
  });
}
