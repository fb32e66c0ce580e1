import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { Database } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import type { Schedule } from '../platform/schedule.ts';
import { BlobsRepository } from './blobs.repository.ts';
import { BlobsService, usualMaxBytes } from './blobs.service.ts';
import { CatalogueService } from './catalogue.service.ts';
import { CodeRepository } from './code.repository.ts';
import { CodeService } from './code.service.ts';
import { DatasetIntake } from './dataset-intake.ts';
import { DatasetsRepository } from './datasets.repository.ts';
import { datasetsRoutes } from './datasets.routes.ts';
import { DatasetsService } from './datasets.service.ts';
import { ModelIntake } from './model-intake.ts';
import { ModelVersionsRepository } from './model-versions.repository.ts';
import { ModelsRepository } from './models.repository.ts';
import { modelsRoutes } from './models.routes.ts';
import { ModelsService } from './models.service.ts';
import { UploadsRepository } from './uploads.repository.ts';
import { uploadsRoutes } from './uploads.routes.ts';
import { UploadsService } from './uploads.service.ts';

export interface Registry {
  blobs: BlobsService;
  catalogue: CatalogueService;
  code: CodeService;
  datasets: DatasetsService;
  models: ModelsService;
}
interface Needs {
  config: Config;
  database: Database;
  log: Log;
  clock: Clock;
  schedule: Schedule;
  maxUploadBytes?: number | undefined;
}
const sweepGraceMs = 60 * 60_000;
const sweepMs = 24 * 60 * 60_000;
const expiryMs = 60 * 60_000;

/** Data sets, models, and the store of their files. */
export async function buildRegistry(app: FastifyInstance, needs: Needs): Promise<Registry> {
  const { config, database, log, clock, schedule, maxUploadBytes: maxBytes = usualMaxBytes } = needs;
  const folder = join(config.home, 'server/store');
  const blobs = new BlobsService(folder, new BlobsRepository(database), log, maxBytes);
  const datasets = new DatasetsService(new DatasetsRepository(database), blobs, clock);
  const modelRows = new ModelsRepository(database);
  const versions = new ModelVersionsRepository(database);
  const models = new ModelsService(modelRows, versions, blobs, clock);
  const catalogue = new CatalogueService(modelRows, versions, models, clock);
  const datasetIntake = new DatasetIntake(datasets, blobs);
  const modelIntake = new ModelIntake(models, blobs);
  datasetsRoutes(app, datasets, datasetIntake, blobs);
  modelsRoutes(app, models, modelIntake, blobs);
  const uploads = new UploadsService({
    ...{ folder: join(folder, 'uploads'), maxBytes, clock, repository: new UploadsRepository(database) },
    intakes: { model: modelIntake, dataset: datasetIntake },
  });
  uploadsRoutes(app, uploads);
  schedule.add('upload-expiry', { everyMs: expiryMs, firstAfterMs: 0 }, () => uploads.sweep());
  // Beside the first requests, not before them: a large store takes a while to look through.
  const sweep = (signal: AbortSignal) => blobs.sweep(sweepGraceMs, { signal });
  schedule.add('store-sweep', { everyMs: sweepMs, firstAfterMs: 0 }, sweep);
  const code = new CodeService(new CodeRepository(database), blobs, clock);
  return { blobs, catalogue, code, datasets, models };
}
