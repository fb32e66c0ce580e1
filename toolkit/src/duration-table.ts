import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** What is known of durations of one name. Percentiles are within 1 % (and 2 ns) of the value of the nearest rank. */
export interface DurationStats {
  count: number;
  totalMs: number;
  minMs: number;
  maxMs: number;
  avgMs: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
}

interface Entry {
  count: number;
  totalMs: number;
  minMs: number;
  maxMs: number;
  histogram: RecordableHistogram;
}

const nsPerMs = 1e6;
/** Longer ones count as this long in the percentiles (minimum, maximum and average stay exact). */
const longestNs = 24 * 3600 * 1e9;

/**
 * Durations by name: exact counts and sums, percentiles from an HDR histogram (Node's own, two significant
 * digits, about 40 kB a name), so memory does not grow with the number of measurements.
 */
export class DurationTable {
  readonly #entries = new Map<string, Entry>();

  /** @throws RangeError when `durationMs` is negative or no number */
  add(name: string, durationMs: number): void {
    if (!(durationMs >= 0 && durationMs < Infinity)) throw new RangeError(`${durationMs} ms is no duration`);
    let entry = this.#entries.get(name);
    if (!entry) {
      const histogram = createHistogram({ lowest: 1, highest: longestNs, figures: 2 });
      entry = { count: 0, totalMs: 0, minMs: Infinity, maxMs: 0, histogram };
      this.#entries.set(name, entry);
    }
    entry.count++;
    entry.totalMs += durationMs;
    entry.minMs = Math.min(entry.minMs, durationMs);
    entry.maxMs = Math.max(entry.maxMs, durationMs);
    entry.histogram.record(Math.min(longestNs, Math.max(1, Math.round(durationMs * nsPerMs))));
  }

  stats(name: string): DurationStats | undefined {
    const entry = this.#entries.get(name);
    if (!entry) return undefined;
    const { count, totalMs, minMs, maxMs, histogram } = entry;
    const percentile = (p: number) => Math.min(maxMs, Math.max(minMs, histogram.percentile(p) / nsPerMs));
    return {
      count,
      totalMs,
      minMs,
      maxMs,
      avgMs: totalMs / count,
      p50Ms: percentile(50),
      p95Ms: percentile(95),
      p99Ms: percentile(99),
    };
  }

  all(): Record<string, DurationStats> {
    return Object.fromEntries([...this.#entries.keys()].map((name) => [name, this.stats(name)!]));
  }
}
