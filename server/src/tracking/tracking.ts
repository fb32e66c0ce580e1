import type { FastifyInstance } from 'fastify';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { LiveHub } from '../platform/live-hub.ts';
import { ExperimentsRepository } from './experiments.repository.ts';
import { ExperimentsService } from './experiments.service.ts';
import { LivePoints } from './live-points.ts';
import { PointsRepository } from './points.repository.ts';
import { RunsRepository } from './runs.repository.ts';
import { SeriesRepository } from './series.repository.ts';
import { SeriesService } from './series.service.ts';
import { TrackingService } from './tracking.service.ts';

interface Needs {
  database: Database;
  live: LiveHub;
  clock: Clock;
}
export interface Tracking {
  tracking: TrackingService;
  series: SeriesService;
  experiments: ExperimentsService;
}

/** Experiments, runs and their metrics, for training, for the web, and for MLflow's clients. */
export async function buildTracking(
  _app: FastifyInstance,
  { database, live, clock }: Needs,
): Promise<Tracking> {
  const experiments = new ExperimentsService(new ExperimentsRepository(database), clock);
  await experiments.ensureDefault();
  const runs = new RunsRepository(database);
  const tracking = new TrackingService(
    runs,
    new PointsRepository(),
    experiments,
    new LivePoints(live),
    clock,
  );
  const series = new SeriesService(new SeriesRepository(database));
  return { tracking, series, experiments };
}
