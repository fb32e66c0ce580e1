/** A point of a chart. */
export interface Plotted {
  step: number;
  atMs: number;
  value: number;
}

/**
 * At most `most` of the points (ascending by step): of every stretch of steps the lowest and the highest, and the
 * first and last of all, so that no peak is lost. What is not finite has no place on a chart and gives way first.
 */
export function downsample(points: readonly Plotted[], most: number): Plotted[] {
  if (points.length <= most) return [...points];
  const first = points[0]!;
  const last = points.at(-1)!;
  const stretches = Math.max(1, Math.floor((most - 2) / 2));
  const width = Math.max(1, (last.step - first.step + 1) / stretches);
  const kept = new Set<Plotted>([first]);
  let place = 0;
  let lowest: Plotted | undefined;
  let highest: Plotted | undefined;
  const keep = () => {
    if (!lowest || !highest) return;
    const isRising = lowest.step <= highest.step;
    kept.add(isRising ? lowest : highest);
    kept.add(isRising ? highest : lowest);
    lowest = highest = undefined;
  };
  for (const point of points) {
    const of = Math.min(stretches - 1, Math.floor((point.step - first.step) / width));
    if (of !== place) {
      keep();
      place = of;
    }
    if (!Number.isFinite(point.value)) continue;
    if (!lowest || point.value < lowest.value) lowest = point;
    if (!highest || point.value > highest.value) highest = point;
  }
  keep();
  kept.add(last);
  return [...kept].sort((a, b) => a.step - b.step || a.atMs - b.atMs);
}
