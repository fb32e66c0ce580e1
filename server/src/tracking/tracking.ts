import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { Database } from '../platform/database.ts';
import type { LiveHub } from '../platform/live-hub.ts';
import type { Schedule } from '../platform/schedule.ts';
import type { BlobsService } from '../registry/blobs.service.ts';
import type { CatalogueService } from '../registry/catalogue.service.ts';
import type { ModelsService } from '../registry/models.service.ts';
import { ArtifactsRepository } from './artifacts.repository.ts';
import { ArtifactsService } from './artifacts.service.ts';
import { ChunksRepository } from './chunks.repository.ts';
import { ExperimentsRepository } from './experiments.repository.ts';
import { experimentsRoutes } from './experiments.routes.ts';
import { ExperimentsService } from './experiments.service.ts';
import { LivePoints } from './live-points.ts';
import { LoggedModelsRepository } from './logged-models.repository.ts';
import { loggedModelsRoutes } from './logged-models.routes.ts';
import { LoggedModelsService } from './logged-models.service.ts';
import { ArtifactPlaces, mlflowArtifactsRoutes } from './mlflow-artifacts.routes.ts';
import { mlflowExperimentsRoutes } from './mlflow-experiments.routes.ts';
import { mlflowMetricsRoutes } from './mlflow-metrics.routes.ts';
import { mlflowMultipartRoutes } from './mlflow-multipart.routes.ts';
import { mlflowRunFactsRoutes, mlflowRunsRoutes } from './mlflow-runs.routes.ts';
import { mlflowServerRoutes } from './mlflow-server.routes.ts';
import { modelVersionsRoutes } from './model-versions.routes.ts';
import { ModelVersionsService } from './model-versions.service.ts';
import { MultipartService } from './multipart.service.ts';
import { PointsRepository } from './points.repository.ts';
import { PointsService } from './points.service.ts';
import { registeredModelsRoutes } from './registered-models.routes.ts';
import { RunsRepository } from './runs.repository.ts';
import { runDataRoutes, runsRoutes } from './runs.routes.ts';
import { SeriesRepository } from './series.repository.ts';
import { SeriesService } from './series.service.ts';
import { TrackingService } from './tracking.service.ts';

interface Needs {
  config: Config;
  database: Database;
  blobs: BlobsService;
  catalogue: CatalogueService;
  models: ModelsService;
  live: LiveHub;
  clock: Clock;
  schedule: Schedule;
}
export interface Tracking {
  tracking: TrackingService;
  series: SeriesService;
  experiments: ExperimentsService;
  artifacts: ArtifactsService;
}
const sweepMs = 60 * 60_000;

/** Experiments, runs and their metrics, for training, for the web, and for MLflow's clients. */
export async function buildTracking(app: FastifyInstance, needs: Needs): Promise<Tracking> {
  const { config, database, blobs, catalogue, models, live, clock, schedule } = needs;
  const experiments = new ExperimentsService(new ExperimentsRepository(database), clock);
  await experiments.ensureDefault();
  const runs = new RunsRepository(database);
  const chunks = new ChunksRepository(database);
  const points = new PointsService(new PointsRepository(database), chunks, runs);
  const tracking = new TrackingService(runs, points, experiments, new LivePoints(live), clock);
  const series = new SeriesService(new SeriesRepository(database), chunks);
  const artifacts = new ArtifactsService(new ArtifactsRepository(database), blobs, clock);
  const uploads = new MultipartService(join(config.home, 'server/uploads-in-parts'), blobs);
  schedule.add('abandoned-uploads', { everyMs: sweepMs }, () => uploads.sweep(clock()));
  experimentsRoutes(app, experiments, tracking);
  runsRoutes(app, tracking, series);
  runDataRoutes(app, tracking, series, artifacts);
  const repository = new LoggedModelsRepository(database);
  const loggedModels = new LoggedModelsService({ repository, artifacts, experiments, tracking, clock });
  const versions = new ModelVersionsService({ catalogue, loggedModels, tracking, artifacts, blobs });
  loggedModelsRoutes(app, loggedModels, artifacts, tracking);
  registeredModelsRoutes(app, catalogue, models, versions);
  modelVersionsRoutes(app, catalogue, models, versions);
  const places = new ArtifactPlaces(tracking, loggedModels);
  mlflowServerRoutes(app);
  mlflowExperimentsRoutes(app, experiments);
  mlflowRunsRoutes(app, tracking, series);
  mlflowRunFactsRoutes(app, tracking);
  mlflowMetricsRoutes(app, tracking, series);
  mlflowArtifactsRoutes(app, tracking, artifacts, places, versions);
  mlflowMultipartRoutes(app, artifacts, places, uploads);
  return { tracking, series, experiments, artifacts };
}
