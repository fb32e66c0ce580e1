import { bucketWidths } from './batch-summary.ts';
import { downsample, type Plotted } from './downsample.ts';
import type { PlaceInSeries, SeriesRepository, SeriesRow, StepRange } from './series.repository.ts';

/** More rows than this are not read for one line of a chart. */
const mostCandidates = 20_000;

export interface Line {
  points: Plotted[];
  /** Whether every point of the range is there. */
  isExact: boolean;
}

/** Reads metric series: in lists, as lines of a chart, whole. */
export class SeriesService {
  readonly #repository: SeriesRepository;
  constructor(repository: SeriesRepository) {
    this.#repository = repository;
  }

  ofRuns(runIds: string[], keys?: readonly string[]): Promise<SeriesRow[]> {
    return this.#repository.ofRuns(runIds, keys);
  }

  history(id: number, after: PlaceInSeries | undefined, limit: number): Promise<Plotted[]> {
    return this.#repository.history(id, after, limit);
  }

  newestOfSteps(ids: number[]): Promise<(Plotted & { id: number })[]> {
    return this.#repository.newestOfSteps(ids);
  }

  /** The points of a range; where there are more than `most`, the lowest and highest of every stretch. */
  async line(series: SeriesRow, range: StepRange, most: number): Promise<Line> {
    const { id } = series;
    const from = Math.max(range.from ?? series.firstStep, series.firstStep);
    const to = Math.min(range.to ?? series.last.step, series.last.step);
    if (from > to) return { points: [], isExact: true };
    const share = (to - from + 1) / (series.last.step - series.firstStep + 1);
    const isSurelyLong = series.points * share > 2 * mostCandidates;
    const points = isSurelyLong ? [] : await this.#repository.points(id, { from, to }, mostCandidates + 1);
    if (isSurelyLong || points.length > mostCandidates)
      return { points: await this.#overview(id, from, to, most), isExact: false };
    return { points: downsample(points, most), isExact: points.length <= most };
  }

  async #overview(id: number, from: number, to: number, most: number): Promise<Plotted[]> {
    const coarsest = bucketWidths.length - 1;
    for (let level = 0; ; level += 1) {
      const count = await this.#repository.bucketsWithin(id, level, from, to, mostCandidates + 1);
      if (count > mostCandidates && level < coarsest) continue;
      return downsample(await this.#repository.extremes(id, level, from, to), most);
    }
  }
}
