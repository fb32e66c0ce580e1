import type { Plotted } from './downsample.ts';
import type { Point } from './tracking.types.ts';

/**
 * Widths, in steps, of the buckets kept of every series. A reader takes the finest of which few enough lie in its
 * range, so the cost of a chart does not grow with the series, however far apart its steps are.
 */
export const bucketWidths = [2 ** 8, 2 ** 13, 2 ** 18, 2 ** 23] as const;

export interface Bucket {
  level: number;
  bucket: number;
  min: Point;
  max: Point;
}
/** What a batch says of one series. */
export interface SeriesSummary {
  key: string;
  points: number;
  firstStep: number;
  last: Point;
  /** Of finite values. */
  min: number | null;
  max: number | null;
  buckets: Bucket[];
}

/** Later in the sense of MLflow: by step, then time, then value; NaN counts as larger than any number. */
export function isNewer(a: Plotted, b: Plotted): boolean {
  if (a.step !== b.step) return a.step > b.step;
  if (a.atMs !== b.atMs) return a.atMs > b.atMs;
  return Number.isNaN(a.value) ? !Number.isNaN(b.value) : a.value > b.value;
}

interface Gathered extends SeriesSummary {
  byPlace: Map<string, Bucket>;
  /** Of each level, the bucket that was met last: most points lie where the one before them does. */
  recent: Bucket[];
}

/** One summary a key, in the order in which the keys first appear. */
export function summarizeBatch(points: readonly Point[]): SeriesSummary[] {
  const summaries = new Map<string, Gathered>();
  for (const point of points) {
    const { key, step } = point;
    let summary = summaries.get(key);
    if (!summary) {
      summary = {
        key,
        points: 0,
        firstStep: step,
        last: point,
        min: null,
        max: null,
        buckets: [],
        byPlace: new Map(),
        recent: [],
      };
      summaries.set(key, summary);
    }
    summary.points += 1;
    if (step < summary.firstStep) summary.firstStep = step;
    if (isNewer(point, summary.last)) summary.last = point;
    if (Number.isFinite(point.value)) widen(summary, point);
  }
  return [...summaries.values()].map(({ byPlace, recent: _, ...summary }) => ({
    ...summary,
    buckets: [...byPlace.values()],
  }));
}

function widen(summary: Gathered, point: Point): void {
  const { value } = point;
  if (summary.min === null || value < summary.min) summary.min = value;
  if (summary.max === null || value > summary.max) summary.max = value;
  for (let level = 0; level < bucketWidths.length; level += 1) {
    const place = Math.floor(point.step / bucketWidths[level]!);
    const recent = summary.recent[level];
    const bucket = recent?.bucket === place ? recent : bucketAt(summary, level, place, point);
    if (value < bucket.min.value) bucket.min = point;
    else if (value > bucket.max.value) bucket.max = point;
  }
}

function bucketAt({ byPlace, recent }: Gathered, level: number, bucket: number, first: Point): Bucket {
  const name = `${level}/${bucket}`;
  const found = byPlace.get(name) ?? { level, bucket, min: first, max: first };
  byPlace.set(name, found);
  recent[level] = found;
  return found;
}

/** Whether every point is newer than all before it in its series: then none of them can be a repeat. */
export function isAppending(points: readonly Point[], lastOf: (key: string) => Plotted): boolean {
  const newest = new Map<string, Plotted>();
  for (const point of points) {
    if (!isNewer(point, newest.get(point.key) ?? lastOf(point.key))) return false;
    newest.set(point.key, point);
  }
  return true;
}
