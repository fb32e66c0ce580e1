import { type Clock, systemClock } from '../clock.ts';

export interface BatchProcessorOptions<T> {
  /** Items that make a batch full. Default 10. */
  batchSize?: number;
  /** How long the first item of a batch waits for it to fill. Default 5000. */
  timeoutMs?: number;
  /** Gets each batch whose time ran out. Without it such a batch is handed out by the next call. */
  onTimeout?: (batch: T[]) => void;
  /** Default `systemClock`. */
  clock?: Clock;
}

/**
 * Groups items. Every item is handed out exactly once, in order: by `addItem` when a batch is full, by
 * `onTimeout` when its time ran out, by `flush` on demand.
 */
export class BatchProcessor<T> {
  readonly #size: number;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #onTimeout: ((batch: T[]) => void) | undefined;
  #items: T[] = [];
  #overdue = false;
  #cancelTimer: (() => void) | undefined;

  constructor({
    batchSize = 10,
    timeoutMs = 5000,
    onTimeout,
    clock = systemClock,
  }: BatchProcessorOptions<T> = {}) {
    if (!Number.isInteger(batchSize) || batchSize < 1)
      throw new RangeError('batchSize must be a whole number from 1');
    this.#size = batchSize;
    this.#timeoutMs = timeoutMs;
    this.#onTimeout = onTimeout;
    this.#clock = clock;
  }

  /** Adds an item; returns the batch when it is full, or when its time ran out and nobody took it. */
  addItem(item: T): T[] | undefined {
    this.#items.push(item);
    if (this.#items.length >= this.#size || this.#overdue) return this.flush();
    this.#cancelTimer ??= this.#clock.after(this.#timeoutMs, () => this.#onTime());
    return undefined;
  }

  /** Hands out what there is, full or not; empty when there is nothing. Also the way to stop. */
  flush(): T[] {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#overdue = false;
    const batch = this.#items;
    this.#items = [];
    return batch;
  }

  /** Items that wait. */
  get size(): number {
    return this.#items.length;
  }

  #onTime(): void {
    if (this.#onTimeout) this.#onTimeout(this.flush());
    else this.#overdue = true;
  }
}
