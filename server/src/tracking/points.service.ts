import { SmartCache } from '@hearth/toolkit/performance';
import type { Transaction } from '../platform/database.ts';
import { Gathering } from '../platform/gathering.ts';
import { type SeriesBatch, summarize, summaryOf } from './batch-summary.ts';
import type { ChunksRepository } from './chunks.repository.ts';
import { decode, pointsOf } from './chunks.ts';
import { isNewer, placeIn } from './plotted.ts';
import { after, type PointsRepository, type Target } from './points.repository.ts';
import type { KnownSeries } from './points-statement.repository.ts';
import { notFound, requireActive } from './run-state.ts';
import type { RunsRepository } from './runs.repository.ts';
import type { Point } from './tracking.types.ts';

/** A run that is written to, as this process last saw it, and what is being written. */
interface Writer extends Target {
  writes: Gathering<readonly Point[], true>;
}
const mostWriters = 1000;
/** So many requests at most share a statement: 16,000 points. */
const mostTogether = 16;

/** Stores points. Those that come while others of their run are being stored go together. */
export class PointsService {
  readonly #points: PointsRepository;
  readonly #chunks: ChunksRepository;
  readonly #runs: RunsRepository;
  readonly #writers = new SmartCache<string, Promise<Writer>>({ maxSize: mostWriters, ttlMs: Infinity });
  constructor(points: PointsRepository, chunks: ChunksRepository, runs: RunsRepository) {
    this.#points = points;
    this.#chunks = chunks;
    this.#runs = runs;
  }

  /** All of them or none; those that are there already change nothing. `check` decides whether the caller may. */
  async log(runId: string, points: readonly Point[], check: (run: Target['run']) => void): Promise<void> {
    const writer = await this.#writerOf(runId);
    check(writer.run);
    requireActive(writer.run);
    await writer.writes.add(points);
  }

  /** Inside the caller's transaction, which holds the run's row. Answers how the series stand then, by key. */
  merge(tx: Transaction, runId: string, batches: readonly SeriesBatch[]): Promise<Map<string, KnownSeries>> {
    return this.#points.merge(tx, runId, batches, (series, batch) => this.#unstored(tx, series, batch));
  }

  /** One for all who write at the same time, also while the run is only being looked for. */
  #writerOf(runId: string): Promise<Writer> {
    const known = this.#writers.get(runId);
    if (known) return known;
    const writer = this.#newWriter(runId);
    this.#writers.set(runId, writer);
    const forget = () => this.#writers.delete(runId);
    writer.then(({ run }) => run.lifecycle === 'active' || forget(), forget);
    return writer;
  }

  async #newWriter(runId: string): Promise<Writer> {
    const run = await this.#runs.find(runId);
    if (!run) throw notFound(runId);
    const writes = new Gathering<readonly Point[], true>((batches) => this.#store(writer, batches), {
      most: mostTogether,
    });
    const writer: Writer = { run, series: new Map(), writes };
    return writer;
  }

  async #store(writer: Writer, given: (readonly Point[])[]): Promise<true[]> {
    const batches = summarize(given);
    if (!(await this.#append(writer, batches))) await this.#mergeAlone(writer, batches);
    return given.map(() => true);
  }

  /** The quick way: one statement, which checks that the series stand as they did when they were last seen. */
  async #append({ run: { runId }, series }: Writer, batches: readonly SeriesBatch[]): Promise<boolean> {
    const writes = batches.flatMap((batch) => {
      const known = series.get(batch.key);
      return known ? [{ batch, known }] : [];
    });
    const untidy = writes.length < batches.length ? undefined : await this.#points.append(runId, writes);
    if (!untidy) return false;
    for (const write of writes) series.set(write.batch.key, after(write));
    if (untidy.length > 0) await this.#runs.transaction((tx) => this.#points.tidy(tx, untidy));
    return true;
  }

  async #mergeAlone({ run: { runId }, series }: Writer, batches: readonly SeriesBatch[]): Promise<void> {
    const seen = await this.#runs.transaction(async (tx) => {
      const run = await this.#runs.lock(tx, runId);
      if (run?.lifecycle !== 'active') this.#writers.delete(runId);
      if (!run) throw notFound(runId);
      requireActive(run);
      return this.merge(tx, runId, batches);
    });
    for (const [key, known] of seen) series.set(key, known);
  }

  /** What of a batch is not stored yet. */
  async #unstored(
    tx: Transaction,
    { id }: KnownSeries,
    batch: SeriesBatch,
  ): Promise<SeriesBatch | undefined> {
    const points = batch.chunks.flatMap(({ data }) => [...pointsOf(decode(data))]);
    const range = { from: batch.firstStep, to: batch.last.step };
    const stored = (await this.#chunks.within([id], range, tx)).filter(({ firstStep, lastStep }) => {
      const next = points[placeIn(points, { step: firstStep, atMs: -Infinity, value: -Infinity })];
      return next && next.step <= lastStep;
    });
    if (stored.length === 0) return batch;
    const isStored = new Uint8Array(points.length);
    for await (const columns of this.#chunks.read(stored, tx))
      for (const point of pointsOf(columns)) {
        const place = placeIn(points, point);
        const here = points[place];
        if (here && !isNewer(here, point)) isStored[place] = 1;
      }
    const left = points.filter((_, place) => !isStored[place]);
    return left.length === 0 ? undefined : summaryOf(batch.key, [left]);
  }
}
