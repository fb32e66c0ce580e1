import type { FastifyInstance } from 'fastify';
import { adminRoutes } from './identity/admin.routes.ts';
import { authRoutes } from './identity/auth.routes.ts';
import { buildIdentity, type Identity } from './identity/identity.ts';
import { keysRoutes } from './identity/keys.routes.ts';
import { meRoutes } from './identity/me.routes.ts';
import { loadSigningKey } from './identity/secrets.ts';
import { buildInference } from './inference/inference.ts';
import type { RequestTimings } from './inference/node-requests.ts';
import { buildJobs, type JobTimings } from './jobs/jobs.ts';
import { buildMarket } from './market/market.ts';
import type { LinkTimings } from './nodes/links.service.ts';
import { buildNodes } from './nodes/nodes.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import type { Database } from './platform/database.ts';
import { documentation } from './platform/documentation.ts';
import { requireEveryRouteHandled } from './platform/http.ts';
import { liveGateway } from './platform/live.gateway.ts';
import { LiveHub } from './platform/live-hub.ts';
import { redisFanOut } from './platform/live-hub-redis.ts';
import type { Log } from './platform/log.ts';
import { openRedis } from './platform/redis.ts';
import { Schedule } from './platform/schedule.ts';
import { webApp } from './platform/web-app.ts';
import { createWebServer } from './platform/web-server.ts';
import { pullsRoutes } from './pulls/pulls.routes.ts';
import { PullsService } from './pulls/pulls.service.ts';
import { buildRegistry } from './registry/registry.ts';
import { buildScripts } from './scripts/scripts.ts';
import { buildSystem } from './system/system.ts';
import { buildTracking } from './tracking/tracking.ts';
import { buildTraining } from './training/training.ts';

export interface AppNeeds {
  config: Config;
  database: Database;
  log: Log;
  clock?: Clock;
  /** Times and limits that tests shorten. */
  tuning?: Tuning;
}
export interface Tuning {
  maxUploadBytes?: number;
  linkTimings?: LinkTimings;
  jobTimings?: JobTimings;
  requestTimings?: RequestTimings;
}

/** What was built; closing `app` stops all of it. */
export interface Built extends Identity {
  app: FastifyInstance;
  live: LiveHub;
}

/** The whole server in one list: what each part needs is what it is given. */
export async function buildApp(needs: AppNeeds): Promise<Built> {
  const { config, database, log, clock = systemClock, tuning = {} } = needs;
  const redis = config.redisUrl === undefined ? undefined : await openRedis(config.redisUrl, log);
  const fanOut = redis && (await redisFanOut(redis, log));
  const app = await createWebServer(config, log, redis);
  const live = new LiveHub(fanOut);
  app.addHook('onClose', () => {
    fanOut?.close();
    redis?.disconnect();
  });
  const schedule = new Schedule(log);
  app.addHook('preClose', () => schedule.stop());

  const identity = await buildIdentity(app, { config, database, log, clock, schedule });
  authRoutes(app, identity, config.corsOrigins);
  meRoutes(app, identity);
  keysRoutes(app, identity);
  adminRoutes(app, identity);

  // Domains in the order of the architecture.
  const { audit } = identity;
  const around = { config, database, log, clock, schedule, ...tuning };
  const { blobs, catalogue, code, datasets, models } = await buildRegistry(app, around);
  const { nodes, links } = buildNodes(app, { ...around, live, audit });
  const jobs = buildJobs(app, { ...around, blobs, nodes, links, live, audit });
  const tracking = await buildTracking(app, { ...around, blobs, catalogue, models, live });
  buildTraining(app, { ...around, blobs, code, jobs, datasets, models, nodes, tracking, live });
  buildScripts(app, { ...around, jobs, code, nodes, links, audit, live });
  buildMarket(app, { database, blobs, jobs, clock });
  pullsRoutes(app, new PullsService(jobs, models, nodes, live));
  const { secret } = await loadSigningKey(config.home);
  const { deployments } = buildInference(app, { ...around, models, nodes, links, live, secret });
  buildSystem(app, { ...around, nodes, links, deployments });

  liveGateway(app, live, identity.identity);
  documentation(app);
  await webApp(app, config.webDist);
  requireEveryRouteHandled(app);
  app.addHook('onReady', async () => schedule.start());
  return { app, live, ...identity };
}
