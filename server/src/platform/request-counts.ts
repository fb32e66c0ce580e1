interface Window {
  sinceMs: number;
  count: number;
}

/** Requests in windows of fixed length, by who asks. Of more askers than `mostAskers` the longest known are forgotten. */
export class RequestCounts {
  readonly #max: number;
  readonly #windowMs: number;
  readonly #mostAskers: number;
  readonly #windows = new Map<string, Window>();
  constructor(max: number, windowMs: number, mostAskers = 20_000) {
    this.#max = max;
    this.#windowMs = windowMs;
    this.#mostAskers = mostAskers;
  }

  /** Counts one; how long is to be waited if that was too many, else 0. */
  count(asker: string, nowMs: number): number {
    const window = this.#windows.get(asker);
    if (!window || window.sinceMs + this.#windowMs <= nowMs) {
      this.#begin(asker, nowMs);
      return 0;
    }
    window.count += 1;
    return window.count > this.#max ? window.sinceMs + this.#windowMs - nowMs : 0;
  }

  /** Windows are kept in the order they began in. */
  #begin(asker: string, nowMs: number): void {
    this.#windows.delete(asker);
    if (this.#windows.size >= this.#mostAskers) this.#windows.delete(this.#windows.keys().next().value!);
    this.#windows.set(asker, { sinceMs: nowMs, count: 1 });
  }
}
