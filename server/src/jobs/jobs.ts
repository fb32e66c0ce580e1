import type { FastifyInstance } from 'fastify';
import type { AuditService } from '../identity/audit.service.ts';
import type { LinksService } from '../nodes/links.service.ts';
import type { NodesService } from '../nodes/nodes.service.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { Database } from '../platform/database.ts';
import type { LiveHub } from '../platform/live-hub.ts';
import type { Log } from '../platform/log.ts';
import type { Schedule } from '../platform/schedule.ts';
import type { BlobsService } from '../registry/blobs.service.ts';
import { ClaimsRepository } from './claims.repository.ts';
import { DispatchService } from './dispatch.service.ts';
import { EndWaiters } from './end-waiters.ts';
import { EndingsService } from './endings.service.ts';
import { IntakeRepository } from './intake.repository.ts';
import { IntakeService } from './intake.service.ts';
import { JobKeeper } from './job-keeper.ts';
import { JobRecordsService } from './job-records.service.ts';
import { JobsRepository } from './jobs.repository.ts';
import { jobsRoutes } from './jobs.routes.ts';
import { JobsService } from './jobs.service.ts';
import type { ActiveJob } from './jobs.types.ts';
import { LeaseSweeper } from './lease-sweeper.ts';
import { Leases } from './leases.ts';
import { OrdersService } from './orders.service.ts';
import { QuickIntake } from './quick-intake.ts';
import { RecordsRepository } from './records.repository.ts';
import { Reservations } from './reservations.ts';

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
  live: LiveHub;
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
    live,
    audit,
    log,
    clock,
    schedule,
    jobTimings: timings = usualTimings,
  } = needs;
  const caps = new Map([
    ['training', config.maxConcurrentSessions],
    ['pull', 2],
    ['script', 16],
  ]);
  const repository = new JobsRepository(database);
  const intake = new IntakeRepository();
  const claims = new ClaimsRepository(database);
  const waiters = new EndWaiters();
  const endings = new EndingsService(repository, intake, blobs, live, waiters, clock, log);
  const leases = new Leases(links, timings.leaseMs, clock);
  const reservations = new Reservations();
  const dispatch = new DispatchService(
    repository,
    claims,
    links,
    leases,
    reservations,
    endings,
    { ...timings, caps },
    clock,
    log,
  );
  const orders = new OrdersService(claims, dispatch, leases, reservations, clock);
  const records = new JobRecordsService(repository, new RecordsRepository(database), waiters, live);
  const jobs = new JobsService(repository, intake, orders, records, endings, dispatch, blobs, clock);
  const sweeper = new LeaseSweeper(repository, endings, waiters, links, clock, log);
  schedule.add('leases', { everyMs: timings.sweepMs }, () => sweeper.sweep());
  schedule.add('placement', { everyMs: timings.pollMs }, async () => {
    await dispatch.dispatch();
    await dispatch.explain();
  });
  // Who waits for the end of the job that made room goes first.
  endings.onRoom = () => void setImmediate(() => void dispatch.dispatch());
  nodes.activeJobs = () => repository.countActive();
  const order = (type: 'job.cancel' | 'job.drop') => (job: ActiveJob) =>
    void links.send(job.lease.nodeId, { type, jobId: job.id, leaseId: job.lease.id });
  endings.onStopOrdered = order('job.cancel');
  endings.onDropped = order('job.drop');
  const keeper = new JobKeeper(intake);
  const quick = new QuickIntake(database, intake, keeper, endings);
  endings.onStored = (job) => quick.remember(job);
  const { leaseMs } = timings;
  links.listen(
    new IntakeService(
      repository,
      intake,
      keeper,
      quick,
      endings,
      dispatch,
      links,
      audit,
      leaseMs,
      clock,
      log,
    ),
  );
  app.gate.use('job', ({ token }) => jobs.authenticate(token));
  jobsRoutes(app, jobs, records);
  app.addHook('onReady', () => sweeper.forgiveAbsence(timings.graceMs));
  app.addHook('preClose', () => dispatch.close());
  return jobs;
}
