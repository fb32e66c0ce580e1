import { type Chunk, chunksOf } from './chunks.ts';
import { distinct, isNewer, type Plotted } from './plotted.ts';
import type { Point } from './tracking.types.ts';

/** What a write has of one series. */
export interface SeriesBatch {
  key: string;
  points: number;
  firstStep: number;
  /** The oldest and the newest point. */
  first: Plotted;
  last: Plotted;
  /** Of finite values. */
  min: number | null;
  max: number | null;
  chunks: Chunk[];
}

/** One summary a key, of what several writers send at once; what they send twice is there once. */
export function summarize(batches: readonly (readonly Point[])[]): SeriesBatch[] {
  const byKey = new Map<string, (readonly Plotted[])[]>();
  for (const batch of batches)
    for (const [key, points] of grouped(batch)) {
      const before = byKey.get(key);
      if (before) before.push(distinct(points));
      else byKey.set(key, [distinct(points)]);
    }
  return [...byKey].map(([key, series]) => summaryOf(key, series));
}

function grouped(points: readonly Point[]): Map<string, Plotted[]> {
  const groups = new Map<string, Plotted[]>();
  for (const point of points) {
    const group = groups.get(point.key);
    if (group) group.push(point);
    else groups.set(point.key, [point]);
  }
  return groups;
}

/** `series` are batches, each ascending, distinct and not empty. */
export function summaryOf(key: string, series: (readonly Plotted[])[]): SeriesBatch {
  const chunks = chunksOf(series);
  const all = series.map((points) => [points[0]!, points.at(-1)!] as const);
  const first = all.map(([one]) => one).reduce((a, b) => (isNewer(a, b) ? b : a));
  const last = all.map(([, one]) => one).reduce((a, b) => (isNewer(a, b) ? a : b));
  const lows = chunks.flatMap(({ low }) => (low ? [low.value] : []));
  const highs = chunks.flatMap(({ high }) => (high ? [high.value] : []));
  return {
    key,
    points: chunks.reduce((sum, { points }) => sum + points, 0),
    firstStep: first.step,
    first,
    last,
    min: lows.length > 0 ? Math.min(...lows) : null,
    max: highs.length > 0 ? Math.max(...highs) : null,
    chunks,
  };
}
