import { type Clock, systemClock } from '../clock.ts';
import { type MetricStats, MetricsCollector } from '../monitoring/metrics-collector.ts';
import { singleton } from '../singleton.ts';

export interface AnalyticsEvent {
  name: string;
  properties: Record<string, unknown>;
  /** UTC, ISO 8601. */
  timestamp: string;
}

export interface AnalyticsReport {
  /** First and last moment the report covers. UTC, ISO 8601. */
  from: string;
  to: string;
  totalEvents: number;
  /** How often each event came, the most frequent first. */
  events: { name: string; count: number }[];
  metrics: Record<string, MetricStats>;
}

export interface AnalyticsCollectorOptions {
  /** Events kept whole for `getEvents`; the counts go on. Default 1000. */
  keepEvents?: number;
  /** Default `systemClock`. */
  clock?: Clock;
}

/** Counts events and measures metrics, and reports on them. */
export class AnalyticsCollector {
  readonly #counts = new Map<string, number>();
  readonly #events: AnalyticsEvent[] = [];
  readonly #metrics = new MetricsCollector();
  readonly #keepEvents: number;
  readonly #clock: Clock;
  readonly #since: string;

  constructor({ keepEvents = 1000, clock = systemClock }: AnalyticsCollectorOptions = {}) {
    this.#keepEvents = keepEvents;
    this.#clock = clock;
    this.#since = this.#time();
  }

  trackEvent(name: string, properties: Record<string, unknown> = {}): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    this.#events.push({ name, properties, timestamp: this.#time() });
    if (this.#events.length > this.#keepEvents) this.#events.shift();
  }

  /** @throws RangeError when `value` is not a finite number */
  trackMetric(name: string, value: number): void {
    this.#metrics.record(name, value);
  }

  /** The newest events, latest first; of one name when given. */
  getEvents(name?: string, { limit = 100 }: { limit?: number } = {}): AnalyticsEvent[] {
    const matching = name === undefined ? this.#events : this.#events.filter((e) => e.name === name);
    return matching.slice(Math.max(0, matching.length - limit)).reverse();
  }

  /** Statistics of the newest 1000 values; undefined when there is none. */
  getMetricStats(name: string): MetricStats | undefined {
    return this.#metrics.getStats(name);
  }

  getReport(): AnalyticsReport {
    const events = [...this.#counts].map(([name, count]) => ({ name, count }));
    return {
      from: this.#since,
      to: this.#time(),
      totalEvents: events.reduce((sum, { count }) => sum + count, 0),
      events: events.sort((a, b) => b.count - a.count || a.name.localeCompare(b.name)),
      metrics: this.#metrics.getAllStats(),
    };
  }

  #time(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}

/** The program's one collector, for those who want one. */
export const getAnalyticsCollector = singleton(
  (options?: AnalyticsCollectorOptions) => new AnalyticsCollector(options),
);
