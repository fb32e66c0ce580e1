import { distinct, isNewer, type Plotted } from './plotted.ts';

/** So many points wait before they are put in order together. */
const leastAtOnce = 1_000;

/** Keeps the first of points that come in whatever order, each once. */
export class FirstPoints {
  readonly #most: number;
  #found: readonly Plotted[] = [];
  #waiting: Plotted[] = [];
  constructor(most: number) {
    this.#most = most;
  }

  add(point: Plotted): void {
    const last = this.#found[this.#most - 1];
    if (last && !isNewer(last, point)) return;
    this.#waiting.push(point);
    if (this.#waiting.length >= Math.max(leastAtOnce, this.#most)) this.result();
  }

  /** Whether there are enough, none of them at or behind a step: what comes from there on changes nothing. */
  areAllBefore(step: number): boolean {
    const last = this.result()[this.#most - 1];
    return last !== undefined && last.step < step;
  }

  /** Ascending. */
  result(): readonly Plotted[] {
    if (this.#waiting.length > 0)
      this.#found = distinct([...this.#found, ...this.#waiting]).slice(0, this.#most);
    this.#waiting = [];
    return this.#found;
  }
}
