/** The newest numbers of a series, in a ring that never grows. */
export class SampleWindow {
  readonly #values: Float64Array;
  #next = 0;
  #count = 0;

  constructor(capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1)
      throw new RangeError('A window holds a whole number of samples from 1');
    this.#values = new Float64Array(capacity);
  }

  add(value: number): void {
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % this.#values.length;
    if (this.#count < this.#values.length) this.#count++;
  }

  get count(): number {
    return this.#count;
  }

  get latest(): number | undefined {
    return this.#count === 0 ? undefined : this.#values.at(this.#next - 1);
  }

  /** A sorted copy. */
  sorted(): Float64Array {
    return this.#values.slice(0, this.#count).sort();
  }
}

/** The p-th percentile of sorted numbers, linear between the two nearest ranks (Hyndman and Fan, type 7). */
export function percentile(sorted: Float64Array, p: number): number {
  const position = (p / 100) * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (position - below);
}
