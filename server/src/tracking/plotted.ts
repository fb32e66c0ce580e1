/** A point of a known series. */
export interface Plotted {
  step: number;
  atMs: number;
  value: number;
}

/** Later in the sense of MLflow: by step, then time, then value; NaN counts as larger than any number. */
export function isNewer(a: Plotted, b: Plotted): boolean {
  if (a.step !== b.step) return a.step > b.step;
  if (a.atMs !== b.atMs) return a.atMs > b.atMs;
  return Number.isNaN(a.value) ? !Number.isNaN(b.value) : a.value > b.value;
}

const inOrder = (a: Plotted, b: Plotted): number => (isNewer(a, b) ? 1 : isNewer(b, a) ? -1 : 0);

/** Ascending, and each once: a point is all that is known of it. */
export function distinct<P extends Plotted>(points: readonly P[]): readonly P[] {
  let isDistinct = true;
  for (let index = 1; isDistinct && index < points.length; index += 1)
    isDistinct = isNewer(points[index]!, points[index - 1]!);
  if (isDistinct) return points;
  const sorted = points.toSorted(inOrder);
  return sorted.filter((point, index) => index === 0 || isNewer(point, sorted[index - 1]!));
}

/** Where a point stands, or would stand, among points that ascend. */
export function placeIn(points: readonly Plotted[], point: Plotted): number {
  let [from, to] = [0, points.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (isNewer(point, points[middle]!)) from = middle + 1;
    else to = middle;
  }
  return from;
}
