/** What a program may tell at once, and what it gets back of that every second. */
export const allowance = { mostBytes: 16 * 1024 * 1024, bytesPerSecond: 64 * 1024 } as const;

/**
 * How much a program may still tell (a token bucket). It is kept on this node's disk and sent to the server, so it has a
 * bound; whoever goes beyond it waits, and nothing is lost.
 */
export class Allowance {
  #leftBytes: number = allowance.mostBytes;
  #atMs: number;

  constructor(nowMs: number) {
    this.#atMs = nowMs;
  }

  /** Takes so much of it, be it there or not; for how many milliseconds nothing more may be taken. */
  take(bytes: number, nowMs: number): number {
    const { mostBytes, bytesPerSecond } = allowance;
    const gainedBytes = (Math.max(0, nowMs - this.#atMs) / 1000) * bytesPerSecond;
    this.#leftBytes = Math.min(mostBytes, this.#leftBytes + gainedBytes) - bytes;
    this.#atMs = nowMs;
    return this.#leftBytes >= 0 ? 0 : Math.ceil((-this.#leftBytes / bytesPerSecond) * 1000);
  }
}
