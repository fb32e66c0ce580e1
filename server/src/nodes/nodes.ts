import type { FastifyInstance } from 'fastify';
import type { AuditService } from '../identity/audit.service.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { Database } from '../platform/database.ts';
import type { LiveHub } from '../platform/live-hub.ts';
import type { Log } from '../platform/log.ts';
import type { Schedule } from '../platform/schedule.ts';
import { LinksService, type LinkTimings, usualTimings } from './links.service.ts';
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
  schedule: Schedule;
  linkTimings?: LinkTimings | undefined;
}
const storeMs = 10_000;

/** Machines and their connections. */
export function buildNodes(app: FastifyInstance, needs: Needs): Nodes {
  const { config, database, live, audit, log, clock, schedule, linkTimings = usualTimings } = needs;
  const links = new LinksService(clock, log, linkTimings);
  const repository = new NodesRepository(database);
  const vitals = new VitalsService(repository, clock);
  const nodes = new NodesService(repository, links, vitals, live, clock, config.localTokenFile);
  const checkMs = Math.min(1_000, linkTimings.silentMs / 4);
  schedule.add('silent-nodes', { everyMs: checkMs }, () => links.checkSilence());
  schedule.add('vitals', { everyMs: storeMs }, () => vitals.store());
  schedule.add('old-vitals', { everyMs: 60 * 60_000, firstAfterMs: storeMs }, () => vitals.forgetOld());
  links.listen(nodes);
  app.gate.use('node', ({ token }) => nodes.authenticate(token));
  nodesRoutes(app, nodes, audit);
  nodesGateway(app, nodes, links);
  app.addHook('preClose', async () => links.close());
  app.addHook('onClose', async () => {
    await vitals.store().catch((err: unknown) => log.warn({ err }, 'The last vitals could not be stored.'));
  });
  return { nodes, links };
}
