import type { FastifyInstance } from 'fastify';
import type { JobsService } from '../jobs/jobs.service.ts';
import type { NodesService } from '../nodes/nodes.service.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { LiveHub } from '../platform/live-hub.ts';
import type { DatasetsService } from '../registry/datasets.service.ts';
import type { ModelsService } from '../registry/models.service.ts';
import type { Tracking } from '../tracking/tracking.ts';
import { EpochsService } from './epochs.service.ts';
import { RunResults } from './run-results.ts';
import { TrainingRepository } from './training.repository.ts';
import { trainingRoutes } from './training.routes.ts';
import { TrainingService } from './training.service.ts';

interface Needs {
  database: Database;
  jobs: JobsService;
  datasets: DatasetsService;
  models: ModelsService;
  nodes: NodesService;
  tracking: Tracking;
  live: LiveHub;
  clock: Clock;
}

/** Training runs on top of the job queue. */
export function buildTraining(app: FastifyInstance, needs: Needs): TrainingService {
  const { database, jobs, datasets, models, nodes, live, clock } = needs;
  const { tracking, series } = needs.tracking;
  const repository = new TrainingRepository(database);
  const epochs = new EpochsService(tracking, series);
  const training = new TrainingService(repository, jobs, datasets, nodes, tracking, epochs, live, clock);
  jobs.handle('training', new RunResults(repository, training, models, tracking, live));
  trainingRoutes(app, training);
  return training;
}
