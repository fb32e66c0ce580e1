import { distinct, isNewer, type Plotted } from './plotted.ts';

/**
 * Gathers at most `most` points of a line, whatever the order and number in which they come: of every stretch of steps
 * the lowest and the highest, and the first and last of all, so that no peak is lost. What is not finite has no place
 * on a chart and gives way first.
 */
export class Downsampler {
  readonly #firstStep: number;
  readonly #width: number;
  readonly #low: (Plotted | undefined)[];
  readonly #high: (Plotted | undefined)[];
  #first: Plotted | undefined;
  #last: Plotted | undefined;

  /** For steps from `firstStep` to `lastStep`; `most` is at least 4. */
  constructor(firstStep: number, lastStep: number, most: number) {
    const stretches = Math.max(1, Math.floor((most - 2) / 2));
    this.#firstStep = firstStep;
    this.#width = Math.max(1, (lastStep - firstStep + 1) / stretches);
    this.#low = new Array(stretches);
    this.#high = new Array(stretches);
  }

  add(step: number, atMs: number, value: number): void {
    const place = Math.min(this.#low.length - 1, Math.floor((step - this.#firstStep) / this.#width));
    const low = this.#low[place];
    const isLow = Number.isFinite(value) && (!low || value < low.value);
    const isHigh = Number.isFinite(value) && (!low || value > this.#high[place]!.value);
    const isEdge = !this.#first || step <= this.#first.step || step >= this.#last!.step;
    if (!isLow && !isHigh && !isEdge) return;
    const point = { step, atMs, value };
    if (isLow) this.#low[place] = point;
    if (isHigh) this.#high[place] = point;
    if (!this.#first || isNewer(this.#first, point)) this.#first = point;
    if (!this.#last || isNewer(point, this.#last)) this.#last = point;
  }

  /** Ascending. */
  result(): Plotted[] {
    const extremes = [...this.#low, ...this.#high];
    const kept = [this.#first, ...extremes, this.#last].filter((point) => point !== undefined);
    return [...distinct(kept)];
  }
}

/** At most `most` of the points, which ascend. */
export function downsample(points: readonly Plotted[], most: number): Plotted[] {
  if (points.length <= most) return [...points];
  const line = new Downsampler(points[0]!.step, points.at(-1)!.step, most);
  for (const { step, atMs, value } of points) line.add(step, atMs, value);
  return line.result();
}
