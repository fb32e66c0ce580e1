import { randomUUID } from 'node:crypto';
import type { MarketBars, MarketFeatures, MarketSource, MarketSymbol } from '@hearth/contract';
import type { Clock } from '../platform/clock.ts';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import type { BlobsService } from '../registry/blobs.service.ts';
import type { BarsRepository, ChartRange, Part } from './bars.repository.ts';
import type { CollectionRow, CollectionsRepository } from './collections.repository.ts';
import type { MarketModelsRepository } from './market-models.repository.ts';
import { asBars, asChart, asFeatures, asSymbol } from './market-view.ts';
import type { PredictionsRepository } from './predictions.repository.ts';

export interface Rows {
  collection_id: string;
  bars: MarketBars;
  features: MarketFeatures;
}

/** Symbols with their bars and features. A new collection takes the place of the earlier one in one go. */
export class MarketService {
  readonly #collections: CollectionsRepository;
  readonly #bars: BarsRepository;
  readonly #models: MarketModelsRepository;
  readonly #predictions: PredictionsRepository;
  readonly #blobs: BlobsService;
  readonly #clock: Clock;
  constructor(
    collections: CollectionsRepository,
    bars: BarsRepository,
    models: MarketModelsRepository,
    predictions: PredictionsRepository,
    blobs: BlobsService,
    clock: Clock,
  ) {
    this.#collections = collections;
    this.#bars = bars;
    this.#models = models;
    this.#predictions = predictions;
    this.#blobs = blobs;
    this.#clock = clock;
  }

  async symbols(limit: number): Promise<MarketSymbol[]> {
    return (await this.#collections.symbols(limit)).map(asSymbol);
  }

  async symbol(symbol: string): Promise<MarketSymbol> {
    const [row] = await this.#collections.symbols(1, symbol);
    if (!row) throw notFound(symbol);
    return asSymbol(row);
  }

  /** The collection readers see, or a refusal. */
  async current(symbol: string): Promise<CollectionRow> {
    const row = await this.#collections.findCurrent(symbol);
    if (!row) throw notFound(symbol);
    return row;
  }

  collect(
    symbol: string,
    from: { source: MarketSource; origin: string; license: string | null },
    by: string,
  ): Promise<string> {
    return this.#collections.transaction(async (tx) => {
      await this.#collections.lockSymbol(tx, symbol);
      await this.#collections.removeUnfinished(tx, symbol);
      const id = randomUUID();
      const row = { id, symbol, ...from, isCurrent: false, updatedAt: this.#clock(), updatedBy: by };
      await this.#collections.add(tx, row);
      return id;
    });
  }

  addRows(symbol: string, { collection_id, bars, features }: Rows, by: string): Promise<number> {
    return this.#collections.transaction(async (tx) => {
      await this.#require(tx, symbol, collection_id);
      await this.#collections.addBars(tx, collection_id, bars);
      await this.#collections.addFeatures(tx, collection_id, bars.time, features);
      await this.#collections.touch(tx, collection_id, this.#clock(), by);
      return bars.time.length;
    });
  }

  async finish(symbol: string, id: string): Promise<MarketSymbol> {
    const { summary, forgotten } = await this.#collections.transaction(async (tx) => {
      await this.#collections.lockSymbol(tx, symbol);
      const added = await this.#require(tx, symbol, id);
      if ((await this.#bars.bars(id, { limit: 1 })).length === 0)
        throw new AppError('market.empty', 'There are no bars in the new collection.', { symbol });
      const earlier = await this.#collections.findCurrent(symbol, tx);
      const isOther = earlier && (earlier.source !== added.source || earlier.origin !== added.origin);
      // What was learnt from another source says nothing about this one.
      const forgotten = isOther ? await this.#forget(tx, symbol) : [];
      await this.#collections.makeCurrent(tx, symbol, id);
      const [row] = await this.#collections.symbols(1, symbol, tx);
      return { summary: asSymbol(row!), forgotten };
    });
    await this.#blobs.release(forgotten);
    return summary;
  }

  async remove(symbol: string): Promise<void> {
    const files = await this.#collections.transaction(async (tx) => {
      await this.#collections.lockSymbol(tx, symbol);
      if (!(await this.#collections.remove(tx, symbol))) throw notFound(symbol);
      return this.#forget(tx, symbol);
    });
    await this.#blobs.release(files);
  }

  async bars(symbol: string, part: Part) {
    const { id } = await this.current(symbol);
    const bars = asBars(await this.#bars.bars(id, part));
    return { collection_id: id, next_after: nextAfter(bars.time, part), bars };
  }

  async features(symbol: string, part: Part) {
    const { id } = await this.current(symbol);
    const rows = await this.#bars.features(id, part);
    const time = rows.map((row) => row.time.toISOString());
    const close = rows.map((row) => row.close);
    const volume = rows.map((row) => row.volume);
    const next_after = nextAfter(time, part);
    return { collection_id: id, next_after, time, close, volume, features: asFeatures(rows) };
  }

  async chart(symbol: string, range: ChartRange) {
    const { id } = await this.current(symbol);
    return asChart(symbol, await this.#bars.chart(id, range), range.features);
  }

  async #forget(tx: Transaction, symbol: string): Promise<string[]> {
    await this.#predictions.removeAll(tx, symbol);
    return this.#models.removeAll(tx, symbol);
  }

  async #require(tx: Transaction, symbol: string, id: string): Promise<CollectionRow> {
    const row = await this.#collections.find(tx, symbol, id);
    if (row) return row;
    throw new AppError('market.collection_gone', 'These bars were replaced or deleted meanwhile.', {
      symbol,
    });
  }
}

const nextAfter = (times: readonly string[], { limit, newest }: Part): string | null =>
  newest === undefined && times.length === limit ? (times.at(-1) ?? null) : null;

const notFound = (symbol: string) =>
  new AppError('market.not_found', `There are no bars of ${symbol}; the data collector brings some.`, {
    symbol,
  });
