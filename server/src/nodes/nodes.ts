import type { FastifyInstance } from 'fastify';
import type { AuditService } from '../identity/audit.service.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { Database } from '../platform/database.ts';
import type { LiveHub } from '../platform/live-hub.ts';
import type { Log } from '../platform/log.ts';
import { LinksService, type LinkTimings } from './links.service.ts';
import { nodesGateway } from './nodes.gateway.ts';
import { NodesRepository } from './nodes.repository.ts';
import { nodesRoutes } from './nodes.routes.ts';
import { NodesService } from './nodes.service.ts';
import { VitalsService } from './vitals.service.ts';

export interface Nodes {
  nodes: NodesService;
  links: LinksService;
}
interface Needs {
  config: Config;
  database: Database;
  live: LiveHub;
  audit: AuditService;
  log: Log;
  clock: Clock;
  linkTimings?: LinkTimings | undefined;
}

/** Machines and their connections. */
export function buildNodes(app: FastifyInstance, needs: Needs): Nodes {
  const { config, database, live, audit, log, clock } = needs;
  const links = new LinksService(clock, log, needs.linkTimings);
  const repository = new NodesRepository(database);
  const vitals = new VitalsService(repository, clock, log);
  const nodes = new NodesService(repository, links, vitals, live, clock, config.localTokenFile);
  links.listen(nodes);
  app.gate.use('node', ({ token }) => nodes.authenticate(token));
  nodesRoutes(app, nodes, audit);
  nodesGateway(app, nodes, links);
  app.addHook('preClose', async () => links.close());
  app.addHook('onClose', async () => {
    vitals.close();
    await vitals.store();
  });
  return { nodes, links };
}
