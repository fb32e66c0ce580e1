import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { Database } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import { BlobsRepository } from './blobs.repository.ts';
import { BlobsService } from './blobs.service.ts';
import { DatasetsRepository } from './datasets.repository.ts';
import { datasetsRoutes } from './datasets.routes.ts';
import { DatasetsService } from './datasets.service.ts';
import { ModelsRepository } from './models.repository.ts';
import { modelsRoutes } from './models.routes.ts';
import { ModelsService } from './models.service.ts';

export interface Registry {
  blobs: BlobsService;
  datasets: DatasetsService;
  models: ModelsService;
}
interface Needs {
  config: Config;
  database: Database;
  log: Log;
  clock: Clock;
  maxUploadBytes?: number | undefined;
}
const sweepGraceMs = 60 * 60_000;

/** Data sets, models, and the store of their files. */
export async function buildRegistry(app: FastifyInstance, needs: Needs): Promise<Registry> {
  const { config, database, log, clock, maxUploadBytes } = needs;
  const folder = join(config.home, 'server/store');
  const blobs = new BlobsService(folder, new BlobsRepository(database), log, maxUploadBytes);
  const datasets = new DatasetsService(new DatasetsRepository(database), blobs, clock);
  const models = new ModelsService(new ModelsRepository(database), blobs, clock);
  datasetsRoutes(app, datasets, blobs);
  modelsRoutes(app, models, blobs);
  // Beside the first requests, not before them: a large store takes a while to look through.
  let sweeping: Promise<unknown> = Promise.resolve();
  app.addHook('onReady', async () => {
    sweeping = blobs
      .sweep(sweepGraceMs)
      .catch((err: unknown) => log.warn({ err }, 'The store was not swept.'));
  });
  app.addHook('onClose', async () => void (await sweeping));
  return { blobs, datasets, models };
}
