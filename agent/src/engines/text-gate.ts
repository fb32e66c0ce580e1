/**
 * Lets generated text through as far as it is certain: nothing of a stop string, and no half character. A stop
 * string may begin in one piece and end in a later one, so its possible beginning waits.
 */
export class TextGate {
  readonly #stops: readonly string[];
  #held = '';
  #stopped = false;

  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== '');
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  /** What may be shown after this piece. */
  push(piece: string): string {
    if (this.#stopped) return '';
    const text = this.#held + piece;
    const found = this.#stops.map((stop) => text.indexOf(stop)).filter((index) => index >= 0);
    if (found.length > 0) {
      this.#stopped = true;
      this.#held = '';
      return text.slice(0, Math.min(...found));
    }
    const keep = this.#uncertainFrom(text);
    this.#held = text.slice(keep);
    return text.slice(0, keep);
  }

  /** What waited for a stop string that never came whole. */
  end(): string {
    const rest = this.#held;
    this.#held = '';
    return rest.toWellFormed();
  }

  #uncertainFrom(text: string): number {
    const longest = Math.max(0, ...this.#stops.map((stop) => stop.length - 1));
    const lastIsHalf = /[\uD800-\uDBFF]$/.test(text);
    for (let start = Math.max(0, text.length - longest); start < text.length; start += 1) {
      if (this.#stops.some((stop) => stop.startsWith(text.slice(start)))) return start;
    }
    return lastIsHalf ? text.length - 1 : text.length;
  }
}
