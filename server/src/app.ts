import { routes } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { adminRoutes } from './identity/admin.routes.ts';
import { authRoutes } from './identity/auth.routes.ts';
import { buildIdentity, type Identity } from './identity/identity.ts';
import { keysRoutes } from './identity/keys.routes.ts';
import { meRoutes } from './identity/me.routes.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import type { Database } from './platform/database.ts';
import { documentation } from './platform/documentation.ts';
import { requireEveryRouteHandled } from './platform/http.ts';
import { liveGateway } from './platform/live.gateway.ts';
import { LiveHub } from './platform/live-hub.ts';
import type { Log } from './platform/log.ts';
import { webApp } from './platform/web-app.ts';
import { createWebServer } from './platform/web-server.ts';
import { systemRoutes } from './system/system.routes.ts';
import { SystemService } from './system/system.service.ts';

export interface AppNeeds {
  config: Config;
  database: Database;
  log: Log;
  clock?: Clock;
}

/** What was built; closing `app` stops all of it. */
export interface Built extends Identity {
  app: FastifyInstance;
  live: LiveHub;
}

/** The whole server in one list: what each part needs is what it is given. */
export async function buildApp({ config, database, log, clock = systemClock }: AppNeeds): Promise<Built> {
  const app = await createWebServer(config, log);
  const live = new LiveHub();

  const identity = await buildIdentity(app, { config, database, log, clock });
  authRoutes(app, identity, config.corsOrigins);
  meRoutes(app, identity);
  keysRoutes(app, identity);
  adminRoutes(app, identity);
  systemRoutes(app, new SystemService(config.home, clock), database);

  // Domains in the order of the architecture: registry, nodes, jobs, training, inference.

  liveGateway(app, live, identity.identity);
  documentation(app);
  await webApp(app, config.webDist);
  // While the domains move in: those that are here. In the end: all of `routes`.
  requireEveryRouteHandled(app, { system: routes.system, identity: routes.identity });
  return { app, live, ...identity };
}
