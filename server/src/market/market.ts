import type { FastifyInstance } from 'fastify';
import type { JobsService } from '../jobs/jobs.service.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { BlobsService } from '../registry/blobs.service.ts';
import { BarsRepository } from './bars.repository.ts';
import { CollectionsRepository } from './collections.repository.ts';
import { marketRoutes } from './market.routes.ts';
import { MarketService } from './market.service.ts';
import { MarketModelsRepository } from './market-models.repository.ts';
import { MarketModelsService } from './market-models.service.ts';
import { PredictionsRepository } from './predictions.repository.ts';
import { PredictionsService } from './predictions.service.ts';

interface Needs {
  database: Database;
  blobs: BlobsService;
  jobs: JobsService;
  clock: Clock;
}

/** What the market programs collect, learn and predict. */
export function buildMarket(app: FastifyInstance, { database, blobs, jobs, clock }: Needs): void {
  const modelRows = new MarketModelsRepository(database);
  const predictionRows = new PredictionsRepository(database);
  const market = new MarketService(
    new CollectionsRepository(database),
    new BarsRepository(database),
    modelRows,
    predictionRows,
    blobs,
    clock,
  );
  const models = new MarketModelsService(modelRows, market, blobs, clock);
  const predictions = new PredictionsService(predictionRows, market, models);
  marketRoutes(app, { market, models, predictions, jobs });
}
