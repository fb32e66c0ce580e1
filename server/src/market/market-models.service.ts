import { Readable } from 'node:stream';
import type { MarketModel, MarketModelError, MarketModelName } from '@hearth/contract';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { BlobsService, StoredFile } from '../registry/blobs.service.ts';
import type { MarketService } from './market.service.ts';
import type { MarketModelsRepository } from './market-models.repository.ts';
import { asModel } from './market-view.ts';

export interface TrainedModel {
  /** Base64. */
  file: string;
  library: string;
  mode: 'batch' | 'retrain';
  bars: number;
  errors: MarketModelError[];
}

/** The newest model of each kind for a symbol: its file in the store, its errors in a table. */
export class MarketModelsService {
  readonly #repository: MarketModelsRepository;
  readonly #market: MarketService;
  readonly #blobs: BlobsService;
  readonly #clock: Clock;
  constructor(repository: MarketModelsRepository, market: MarketService, blobs: BlobsService, clock: Clock) {
    this.#repository = repository;
    this.#market = market;
    this.#blobs = blobs;
    this.#clock = clock;
  }

  async put(
    symbol: string,
    model: MarketModelName,
    { file, errors, ...told }: TrainedModel,
    by: string,
  ): Promise<string> {
    await this.#market.current(symbol);
    const received = await this.#blobs.receive(Readable.from([Buffer.from(file, 'base64')]));
    const { sha256, sizeBytes } = received;
    const row = { symbol, model, sha256, sizeBytes, ...told, trainedAt: this.#clock(), trainedBy: by };
    const earlier = await this.#blobs.keep(received, (tx) => this.#repository.replace(tx, row, errors));
    if (earlier !== undefined && earlier !== sha256) await this.#blobs.release([earlier]);
    return sha256;
  }

  async list(symbol: string): Promise<MarketModel[]> {
    await this.#market.current(symbol);
    return (await this.#repository.list(symbol)).map(asModel);
  }

  async file(symbol: string, model: MarketModelName): Promise<StoredFile> {
    await this.#market.current(symbol);
    const row = await this.#repository.find(symbol, model);
    if (!row) throw modelNotFound(symbol, model);
    return this.#blobs.get(row.sha256);
  }

  /** Refuses kinds of models that were never trained for this symbol. */
  async require(symbol: string, models: Iterable<MarketModelName>): Promise<void> {
    const trained = new Set((await this.#repository.list(symbol)).map(({ model }) => model));
    for (const model of models) if (!trained.has(model)) throw modelNotFound(symbol, model);
  }
}

const modelNotFound = (symbol: string, model: string) =>
  new AppError('market.model_not_found', `No ${model} model is trained for ${symbol}.`, { symbol, model });
