import { totalmem } from 'node:os';
import { type Clock, systemClock } from '../clock.ts';
import { singleton } from '../singleton.ts';

export interface MemoryUsage {
  rssBytes: number;
  heapUsedBytes: number;
  heapTotalBytes: number;
  /** What this process may use: the limit of its cgroup, else the machine's memory. */
  totalBytes: number;
  /** What of it is still free to take. */
  availableBytes: number;
  /** Share of `totalBytes` in use, by whomever, 0 to 100. */
  percent: number;
}

export type Collection = { collected: true; freedBytes: number } | { collected: false; reason: string };

export interface MemoryOptimizerOptions {
  /** `start` collects above this share in use. Default 80. */
  thresholdPercent?: number;
  /** How often `start` looks. Default 30 000. */
  intervalMs?: number;
  /** Default `systemClock`. */
  clock?: Clock;
  /** Where the figures come from. Default: this process. */
  read?: () => MemoryUsage;
  /** The runtime's collector. Default `globalThis.gc`, there when Node runs with `--expose-gc`. */
  collector?: () => void;
}

/** The figures of this process and of what it may use. */
export function readMemory(): MemoryUsage {
  const { rss, heapUsed, heapTotal } = process.memoryUsage();
  const limit = process.constrainedMemory();
  const totalBytes = limit > 0 && limit < totalmem() ? limit : totalmem();
  const availableBytes = Math.min(process.availableMemory(), totalBytes);
  const percent = 100 * (1 - availableBytes / totalBytes);
  return {
    rssBytes: rss,
    heapUsedBytes: heapUsed,
    heapTotalBytes: heapTotal,
    totalBytes,
    availableBytes,
    percent,
  };
}

/** Watches memory and asks the runtime to collect garbage, where the runtime lets itself be asked. */
export class MemoryOptimizer {
  readonly #options: Required<Omit<MemoryOptimizerOptions, 'collector'>>;
  readonly #collector: (() => void) | undefined;
  #stop: (() => void) | undefined;

  constructor(options: MemoryOptimizerOptions = {}) {
    this.#options = {
      thresholdPercent: options.thresholdPercent ?? 80,
      intervalMs: options.intervalMs ?? 30_000,
      clock: options.clock ?? systemClock,
      read: options.read ?? readMemory,
    };
    this.#collector = options.collector ?? globalThis.gc;
  }

  getMemoryUsage(): MemoryUsage {
    return this.#options.read();
  }

  isAboveThreshold(): boolean {
    return this.getMemoryUsage().percent > this.#options.thresholdPercent;
  }

  /** Collects garbage now, or says why that is not possible. `freedBytes` is what the heap shrank by. */
  collectGarbage(): Collection {
    if (!this.#collector)
      return { collected: false, reason: 'Node exposes its collector only when run with --expose-gc' };
    const before = this.getMemoryUsage().heapUsedBytes;
    this.#collector();
    return { collected: true, freedBytes: Math.max(0, before - this.getMemoryUsage().heapUsedBytes) };
  }

  /** Collects when above the threshold. */
  optimize(): Collection {
    if (!this.isAboveThreshold()) return { collected: false, reason: 'Memory use is below the threshold' };
    return this.collectGarbage();
  }

  /** Optimizes every so often, until stopped or the signal aborts. Starting twice is starting once. */
  start({ signal }: { signal?: AbortSignal } = {}): void {
    if (this.#stop || signal?.aborted) return;
    const again = (): (() => void) =>
      this.#options.clock.after(
        this.#options.intervalMs,
        () => {
          this.#stop = again();
          this.optimize();
        },
        true,
      );
    this.#stop = again();
    signal?.addEventListener('abort', () => this.stop(), { once: true });
  }

  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
  }
}

/** The program's one optimizer, for those who want one. */
export const getMemoryOptimizer = singleton(
  (options?: MemoryOptimizerOptions) => new MemoryOptimizer(options),
);
