import type { AppNeeds, Built } from '../app.ts';
import { authRoutes } from '../identity/auth.routes.ts';
import { buildIdentity } from '../identity/identity.ts';
import { meRoutes } from '../identity/me.routes.ts';
import type { JobsService, PlainOrder } from '../jobs/jobs.service.ts';
import { buildJobs } from '../jobs/jobs.ts';
import { buildNodes } from '../nodes/nodes.ts';
import { systemClock } from '../platform/clock.ts';
import { liveGateway } from '../platform/live.gateway.ts';
import { LiveHub } from '../platform/live-hub.ts';
import { redisFanOut } from '../platform/live-hub-redis.ts';
import { openRedis } from '../platform/redis.ts';
import { Schedule } from '../platform/schedule.ts';
import { createWebServer } from '../platform/web-server.ts';
import { buildRegistry } from '../registry/registry.ts';
import { startTestApp, type TestApp, type TestAppOptions } from './test-app.ts';

export interface JobsApp extends TestApp {
  jobs: JobsService;
}

/** The queue and what it stands on, without the domains that order jobs: a test orders them itself. */
export async function startJobsApp(options: TestAppOptions = {}): Promise<JobsApp> {
  const made: JobsService[] = [];
  const build = async (needs: AppNeeds) => {
    const { built, jobs } = await buildQueue(needs);
    made.push(jobs);
    return built;
  };
  const test = await startTestApp({ ...options, build });
  return { ...test, jobs: made[0]! };
}

async function buildQueue(needs: AppNeeds): Promise<{ built: Built; jobs: JobsService }> {
  const { config, database, log, clock = systemClock, tuning = {} } = needs;
  const redis = config.redisUrl === undefined ? undefined : await openRedis(config.redisUrl, log);
  const fanOut = redis && (await redisFanOut(redis, log));
  const app = await createWebServer(config, log, redis);
  app.addHook('onClose', () => {
    fanOut?.close();
    redis?.disconnect();
  });
  const live = new LiveHub(fanOut);
  const schedule = new Schedule(log);
  app.addHook('preClose', () => schedule.stop());
  const identity = await buildIdentity(app, { config, database, log, clock, schedule });
  const around = { config, database, log, clock, schedule, ...tuning };
  const { blobs } = await buildRegistry(app, around);
  const { nodes, links } = buildNodes(app, { ...around, live, audit: identity.audit });
  const jobs = buildJobs(app, { ...around, blobs, nodes, links, live, audit: identity.audit });
  meRoutes(app, identity);
  authRoutes(app, identity, config.corsOrigins);
  liveGateway(app, live, identity.identity);
  app.addHook('onReady', async () => schedule.start());
  return { built: { app, live, ...identity }, jobs };
}

/** A light script. */
export const scriptOrder = (more: Partial<PlainOrder> = {}): PlainOrder => ({
  kind: 'script',
  title: 'hello.py',
  priority: 0,
  payload: {
    kind: 'script',
    scriptName: 'hello.py',
    asked: { args: [], mode: null, command: './hello.py' },
    program: {
      code: { digest: '0'.repeat(64), files: [] },
      runtime: { type: 'executable' },
      entry: 'hello.py',
      args: [],
      environment: {},
      workingDirectory: '.',
    },
    timeoutMs: null,
    outputLimitBytes: 10_000_000,
  },
  createdBy: 'admin@hearth.test',
  ...more,
});
