import type { FastifyInstance } from 'fastify';
import type { LinksService } from '../nodes/links.service.ts';
import type { NodesService } from '../nodes/nodes.service.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { LiveHub } from '../platform/live-hub.ts';
import type { Log } from '../platform/log.ts';
import type { ModelsService } from '../registry/models.service.ts';
import { DeploymentsRepository } from './deployments.repository.ts';
import { deploymentsRoutes } from './deployments.routes.ts';
import { DeploymentsService } from './deployments.service.ts';
import { InferenceService } from './inference.service.ts';
import { NodeRequests, type RequestTimings } from './node-requests.ts';
import { openAiRoutes } from './openai.routes.ts';
import { Sealing } from './sealing.ts';

export interface Inference {
  inference: InferenceService;
  deployments: DeploymentsService;
}
interface Needs {
  database: Database;
  models: ModelsService;
  nodes: NodesService;
  links: LinksService;
  live: LiveHub;
  /** From the server's home; endpoint keys are sealed with what is derived from it. */
  secret: Uint8Array;
  clock: Clock;
  log: Log;
  requestTimings?: RequestTimings | undefined;
}
const usualTimings: RequestTimings = { firstTokenMs: 180_000, nextTokenMs: 60_000 };

/** Deployed models and attached servers, and the OpenAI surface over both. */
export function buildInference(app: FastifyInstance, needs: Needs): Inference {
  const { database, models, nodes, links, live, secret, clock, log, requestTimings = usualTimings } = needs;
  const sealing = new Sealing(secret, 'hearth endpoint keys');
  const repository = new DeploymentsRepository(database);
  const deployments = new DeploymentsService(repository, models, nodes, links, live, sealing, clock, log);
  const requests = new NodeRequests(links, requestTimings);
  links.listen(deployments);
  links.listen(requests);
  const inference = new InferenceService(deployments, requests);
  deploymentsRoutes(app, deployments, inference);
  openAiRoutes(app, inference);
  return { inference, deployments };
}
