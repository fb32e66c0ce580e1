import { LRUCache } from 'lru-cache';
import { percentile, SampleWindow } from './sample-window.ts';

export interface MetricsCollectorOptions {
  /** Newest samples kept of each name. Default 1000. */
  maxSamples?: number;
  /** Names kept; one more drops the name recorded longest ago. Default 1000. */
  maxNames?: number;
}

/** What the kept samples of one name say. The percentiles are exact for them, linear between ranks. */
export interface MetricStats {
  /** Samples kept: the figures below are of these. */
  count: number;
  min: number;
  max: number;
  avg: number;
  latest: number;
  p50: number;
  p95: number;
  p99: number;
}

/** Numbers by name, the newest of each in a ring, so memory stays bounded (8 kB a name by default). */
export class MetricsCollector {
  readonly #windows: LRUCache<string, SampleWindow>;
  readonly #maxSamples: number;

  constructor({ maxSamples = 1000, maxNames = 1000 }: MetricsCollectorOptions = {}) {
    new SampleWindow(maxSamples);
    this.#maxSamples = maxSamples;
    this.#windows = new LRUCache({ max: maxNames });
  }

  /** @throws RangeError when `value` is not a finite number */
  record(name: string, value: number): void {
    if (!Number.isFinite(value)) throw new RangeError(`${value} is no value for the metric ${name}`);
    let window = this.#windows.get(name);
    if (!window) {
      window = new SampleWindow(this.#maxSamples);
      this.#windows.set(name, window);
    }
    window.add(value);
  }

  /** Undefined when nothing of that name is kept. */
  getStats(name: string): MetricStats | undefined {
    const window = this.#windows.peek(name);
    if (window?.latest === undefined) return undefined;
    const sorted = window.sorted();
    return {
      count: sorted.length,
      min: sorted[0]!,
      max: sorted.at(-1)!,
      avg: sorted.reduce((mean, value, i) => mean + (value - mean) / (i + 1), 0),
      latest: window.latest,
      p50: percentile(sorted, 50),
      p95: percentile(sorted, 95),
      p99: percentile(sorted, 99),
    };
  }

  /** The statistics of every name. */
  getAllStats(): Record<string, MetricStats> {
    return Object.fromEntries(this.listNames().map((name) => [name, this.getStats(name)!]));
  }

  listNames(): string[] {
    return [...this.#windows.keys()].sort();
  }
}
