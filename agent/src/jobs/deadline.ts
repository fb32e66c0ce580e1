const longestTimerMs = 2 ** 31 - 1;

/** Calls once when a moment has come, however far it is. */
export class Deadline {
  readonly #onReached: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(onReached: () => void) {
    this.#onReached = onReached;
  }

  /** In milliseconds since 1970; undefined: never. One that has passed is reached at once. */
  set(atMs: number | undefined): void {
    this.clear();
    if (atMs === undefined) return;
    const leftMs = atMs - Date.now();
    if (leftMs <= 0) this.#onReached();
    else this.#timer = setTimeout(() => this.set(atMs), Math.min(leftMs, longestTimerMs));
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
