import { routes } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { handle } from '../platform/http.ts';
import type { DeploymentsService } from './deployments.service.ts';
import type { InferenceService } from './inference.service.ts';

export function deploymentsRoutes(
  app: FastifyInstance,
  deployments: DeploymentsService,
  inference: InferenceService,
): void {
  const declared = routes.inference;
  handle(app, declared.list, () => deployments.list());
  handle(app, declared.get, ({ params }) => deployments.get(params.id));
  handle(app, declared.deploy, ({ body }) => {
    const { name, model_name: modelName, version, alias, node_id: nodeId } = body;
    return deployments.deploy({ name, modelName, version, alias, nodeId });
  });
  handle(app, declared.attach, ({ body: { name, base_url: baseUrl, model, api_key: apiKey } }) =>
    deployments.attach({ name, baseUrl, model, apiKey }),
  );
  handle(app, declared.remove, async ({ params }) => {
    await deployments.remove(params.id);
    return { message: 'The deployment is taken down; the model stays in the registry.' };
  });
  handle(app, declared.predict, async ({ params, body, reply }) => {
    const abort = new AbortController();
    reply.raw.once('close', () => abort.abort());
    return { predictions: await inference.predict(params.id, body.rows, abort.signal) };
  });
}
