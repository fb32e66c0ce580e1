import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { JobsService } from '../jobs/jobs.service.ts';
import type { NodesService } from '../nodes/nodes.service.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { Database } from '../platform/database.ts';
import type { LiveHub } from '../platform/live-hub.ts';
import type { Log } from '../platform/log.ts';
import type { BlobsService } from '../registry/blobs.service.ts';
import type { CodeService } from '../registry/code.service.ts';
import type { DatasetsService } from '../registry/datasets.service.ts';
import type { ModelsService } from '../registry/models.service.ts';
import type { SeriesService } from '../tracking/series.service.ts';
import type { TrackingService } from '../tracking/tracking.service.ts';
import { AttemptsRepository } from './attempts.repository.ts';
import { CheckpointsRepository } from './checkpoints.repository.ts';
import { CheckpointsService } from './checkpoints.service.ts';
import { EpochsService } from './epochs.service.ts';
import type { RecipeFolder } from './recipe-folders.ts';
import { RecipesService } from './recipes.service.ts';
import { reportRoutes } from './report.routes.ts';
import { RunResults } from './run-results.ts';
import { StartService } from './start.service.ts';
import { TrainingRepository } from './training.repository.ts';
import { trainingRoutes } from './training.routes.ts';
import { TrainingService } from './training.service.ts';

interface Needs {
  config: Config;
  database: Database;
  log: Log;
  jobs: JobsService;
  blobs: BlobsService;
  code: CodeService;
  datasets: DatasetsService;
  models: ModelsService;
  nodes: NodesService;
  tracking: { tracking: TrackingService; series: SeriesService };
  live: LiveHub;
  clock: Clock;
}

/** Training runs on top of the job queue, and the recipes they are trained by. */
export function buildTraining(app: FastifyInstance, needs: Needs): TrainingService {
  const { config, database, log, jobs, blobs, code, datasets, models, nodes, live, clock } = needs;
  const { tracking, series } = needs.tracking;
  const folders: RecipeFolder[] = [
    { origin: 'recipe', folder: config.trainersFolder },
    { origin: 'own', folder: join(config.home, 'trainers') },
  ];
  const recipes = new RecipesService(folders, code, log);
  const repository = new TrainingRepository(database);
  const attempts = new AttemptsRepository(database);
  const checkpoints = new CheckpointsService(new CheckpointsRepository(database), blobs);
  const epochs = new EpochsService(tracking, series);
  const shared = { repository, attempts, checkpoints, jobs, datasets, tracking };
  const starts = new StartService({ ...shared, recipes, blobs, clock });
  const training = new TrainingService({ ...shared, starts, epochs, nodes, live });
  jobs.handle('training', new RunResults({ repository, training, models, tracking, checkpoints, live }));
  trainingRoutes(app, training, recipes);
  reportRoutes(app, tracking, clock);
  return training;
}
