import type { FastifyInstance } from 'fastify';
import type { AuditService } from '../identity/audit.service.ts';
import type { LinksService } from '../nodes/links.service.ts';
import type { NodesService } from '../nodes/nodes.service.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { Database } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import type { Schedule } from '../platform/schedule.ts';
import type { BlobsService } from '../registry/blobs.service.ts';
import { DispatchService } from './dispatch.service.ts';
import { EndingsService } from './endings.service.ts';
import { IntakeService } from './intake.service.ts';
import { JobsRepository } from './jobs.repository.ts';
import { jobsRoutes } from './jobs.routes.ts';
import { JobsService } from './jobs.service.ts';
import { LeaseSweeper } from './lease-sweeper.ts';

export interface JobTimings {
  leaseMs: number;
  /** How long nodes have to come back after the server did. */
  graceMs: number;
  refusalPauseMs: number;
  pollMs: number;
  sweepMs: number;
}
const usualTimings: JobTimings = {
  leaseMs: 5 * 60_000,
  graceMs: 60_000,
  refusalPauseMs: 5_000,
  pollMs: 2_000,
  sweepMs: 2_000,
};
interface Needs {
  config: Config;
  database: Database;
  blobs: BlobsService;
  nodes: NodesService;
  links: LinksService;
  audit: AuditService;
  log: Log;
  clock: Clock;
  schedule: Schedule;
  jobTimings?: JobTimings | undefined;
}

/** Queue, leases, placement, logs. Dispatch begins when the app is ready, so that every kind has its handler. */
export function buildJobs(app: FastifyInstance, needs: Needs): JobsService {
  const {
    config,
    database,
    blobs,
    nodes,
    links,
    audit,
    log,
    clock,
    schedule,
    jobTimings: timings = usualTimings,
  } = needs;
  const caps = new Map([
    ['training', config.maxConcurrentSessions],
    ['pull', 2],
  ]);
  const repository = new JobsRepository(database);
  const endings = new EndingsService(repository, blobs, log);
  const dispatch = new DispatchService(repository, links, endings, { ...timings, caps }, clock, log);
  const jobs = new JobsService(repository, endings, dispatch, links, blobs, clock);
  const sweeper = new LeaseSweeper(repository, endings, links, clock, log);
  schedule.add('leases', { everyMs: timings.sweepMs }, () => sweeper.sweep());
  schedule.add('placement', { everyMs: timings.pollMs }, () => dispatch.dispatch());
  endings.onRoom = () => void dispatch.dispatch();
  nodes.activeJobs = () => repository.countActive();
  links.listen(new IntakeService(repository, endings, dispatch, links, audit, timings.leaseMs, clock, log));
  app.gate.use('job', ({ token }) => jobs.authenticate(token));
  jobsRoutes(app, jobs);
  app.addHook('onReady', () => sweeper.forgiveAbsence(timings.graceMs));
  app.addHook('preClose', () => dispatch.close());
  return jobs;
}
