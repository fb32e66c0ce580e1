import type { Executor } from '../platform/database.ts';
import type { ChunkRow, ChunksRepository, StepRange, Steps } from './chunks.repository.ts';
import { pointsOf } from './chunks.ts';
import { Downsampler, downsample } from './downsample.ts';
import { FirstPoints } from './first-points.ts';
import { distinct, isNewer, type Plotted } from './plotted.ts';
import type { SeriesRepository, SeriesRow } from './series.repository.ts';

/** A line of no more points than this is drawn from a sorted list of them. */
const mostSorted = 20_000;

export interface Line {
  points: Plotted[];
  /** Whether every point of the range is there. */
  isExact: boolean;
}

/** Reads metric series: in lists, as lines of a chart, whole. */
export class SeriesService {
  readonly #repository: SeriesRepository;
  readonly #chunks: ChunksRepository;
  constructor(repository: SeriesRepository, chunks: ChunksRepository) {
    this.#repository = repository;
    this.#chunks = chunks;
  }

  ofRuns(runIds: string[], keys?: readonly string[]): Promise<SeriesRow[]> {
    return this.#repository.ofRuns(runIds, keys);
  }

  /** A page of everything after a point, ascending; `limit` is at least 1. */
  history(id: number, after: Plotted | undefined, limit: number): Promise<Plotted[]> {
    return this.#chunks.snapshot((at) => this.#history(at, id, after, limit));
  }

  /** The first points of several series, one after the other; as many as `most` together. */
  histories(ids: readonly number[], most: number): Promise<(Plotted & { id: number })[]> {
    return this.#chunks.snapshot(async (at) => {
      const found: (Plotted & { id: number })[] = [];
      for (const id of ids) {
        if (found.length === most) break;
        for (const point of await this.#history(at, id, undefined, most - found.length))
          found.push({ id, ...point });
      }
      return found;
    });
  }

  async #history(at: Executor, id: number, after: Plotted | undefined, limit: number): Promise<Plotted[]> {
    const chunks = await this.#chunks.within([id], { from: after?.step }, at);
    const page = new FirstPoints(limit);
    // Most pages are in the first few; where many chunks have the same steps, all of these have to be looked at.
    for (let next = 0, most = limit; next < chunks.length; most *= 2) {
      const from = next;
      for (let points = 0; next < chunks.length && points < most; next += 1) points += chunks[next]!.points;
      for await (const columns of this.#chunks.read(chunks.slice(from, next), at))
        for (const point of pointsOf(columns)) if (!after || isNewer(point, after)) page.add(point);
      if (page.areAllBefore(chunks[next]?.firstStep ?? Number.POSITIVE_INFINITY)) break;
    }
    return [...page.result()];
  }

  /** The newest point of every step of several series. */
  newestOfSteps(ids: number[]): Promise<(Plotted & { id: number })[]> {
    return this.#chunks.snapshot(async (at) => {
      const chunks = Map.groupBy(await this.#chunks.within(ids, {}, at), ({ seriesId }) => seriesId);
      const result: (Plotted & { id: number })[] = [];
      for (const [id, own] of chunks) {
        const newest = new Map<number, Plotted>();
        for await (const columns of this.#chunks.read(own, at))
          for (const point of pointsOf(columns)) {
            const before = newest.get(point.step);
            if (!before || isNewer(point, before)) newest.set(point.step, point);
          }
        for (const point of newest.values()) result.push({ id, ...point });
      }
      return result;
    });
  }

  /** The points of a range; where there are more than `most`, the lowest and highest of every stretch. */
  async line(series: SeriesRow, range: StepRange, most: number): Promise<Line> {
    const from = Math.max(range.from ?? series.firstStep, series.firstStep);
    const to = Math.min(range.to ?? series.last.step, series.last.step);
    if (from > to) return { points: [], isExact: true };
    return this.#chunks.snapshot(async (at) => {
      const chunks = await this.#chunks.within([series.id], { from, to }, at);
      const count = chunks.reduce((sum, { points }) => sum + points, 0);
      if (count > mostSorted)
        return { points: await this.#overview(at, chunks, { from, to }, most), isExact: false };
      const points = await this.#sorted(at, chunks, { from, to });
      return { points: downsample(points, most), isExact: points.length <= most };
    });
  }

  /**
   * Where there are about as many chunks as stretches to draw, those inside the range are drawn by their lowest and
   * highest points alone; where there are few, by all of theirs.
   */
  async #overview(at: Executor, chunks: ChunkRow[], { from, to }: Steps, most: number): Promise<Plotted[]> {
    const line = new Downsampler(from, to, most);
    const firstStep = chunks[0]!.firstStep;
    const lastStep = chunks.reduce((last, chunk) => Math.max(last, chunk.lastStep), firstStep);
    const isInside = (chunk: ChunkRow) =>
      chunk.firstStep > Math.max(from, firstStep) && chunk.lastStep < Math.min(to, lastStep);
    const inside = chunks.length >= most / 4 ? chunks.filter(isInside) : [];
    for (const { low, high } of inside)
      for (const point of [low, high]) if (point) line.add(point.step, point.atMs, point.value);
    const others = inside.length > 0 ? chunks.filter((chunk) => !isInside(chunk)) : chunks;
    for await (const { steps, times, values } of this.#chunks.read(others, at))
      for (let index = 0; index < steps.length; index += 1) {
        const step = steps[index]!;
        if (step >= from && step <= to) line.add(step, times[index]!, values[index]!);
      }
    return line.result();
  }

  async #sorted(
    at: Executor,
    chunks: ChunkRow[],
    { from = -Infinity, to = Infinity }: StepRange,
  ): Promise<readonly Plotted[]> {
    const found: Plotted[] = [];
    for await (const columns of this.#chunks.read(chunks, at))
      for (const point of pointsOf(columns)) if (point.step >= from && point.step <= to) found.push(point);
    return distinct(found);
  }
}
