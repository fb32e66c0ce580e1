import type { MarketPrediction } from '@hearth/contract';
import { z } from 'zod';
import { type Page, readCursor, toPage } from '../platform/paging.ts';
import type { MarketService } from './market.service.ts';
import type { MarketModelsService } from './market-models.service.ts';
import { asPrediction } from './market-view.ts';
import type { PredictionsRepository } from './predictions.repository.ts';

const Place = z.tuple([z.iso.datetime({ precision: 3 }), z.string().max(50), z.number().int()]);

/** Predictions until they come true; then they are compared with what came. */
export class PredictionsService {
  readonly #repository: PredictionsRepository;
  readonly #market: MarketService;
  readonly #models: MarketModelsService;
  constructor(repository: PredictionsRepository, market: MarketService, models: MarketModelsService) {
    this.#repository = repository;
    this.#market = market;
    this.#models = models;
  }

  async store(symbol: string, predictions: MarketPrediction[]) {
    const { id } = await this.#market.current(symbol);
    await this.#models.require(symbol, new Set(predictions.map(({ model }) => model)));
    return this.#repository.transaction(async (tx) => {
      await this.#repository.store(tx, symbol, predictions);
      const come_true = await this.#repository.settle(tx, symbol, id);
      return { stored: predictions.length, come_true };
    });
  }

  async list(symbol: string, limit: number, cursor?: string): Promise<Page<MarketPrediction>> {
    await this.#market.current(symbol);
    const after = readCursor(Place, cursor);
    const place = after && { time: after[0], model: after[1], horizon: after[2] };
    const rows = await this.#repository.list(symbol, limit + 1, place);
    const placeOf = (row: (typeof rows)[number]) => [row.time.toISOString(), row.model, row.horizon];
    return toPage(rows, limit, placeOf, asPrediction);
  }
}
