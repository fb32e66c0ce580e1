import { writeFile } from 'node:fs/promises';
import { type Clock, systemClock } from '../clock.ts';
import type { DurationStats } from '../duration-table.ts';
import { singleton } from '../singleton.ts';
import { type ErrorSummary, ErrorTracker } from './error-tracker.ts';
import { type MetricStats, MetricsCollector } from './metrics-collector.ts';
import { PerformanceProfiler } from './performance-profiler.ts';
import { SystemMonitor, type SystemMonitorOptions, type SystemStatus } from './system-monitor.ts';

export interface MonitoringDashboardOptions {
  /** Figures of the system monitor it makes. */
  system?: Omit<SystemMonitorOptions, 'onSample' | 'clock'>;
  /** Default `systemClock`. */
  clock?: Clock;
}

export interface FullStatus {
  /** UTC, ISO 8601. */
  timestamp: string;
  uptimeMs: number;
  system: SystemStatus;
  metrics: Record<string, MetricStats>;
  errors: ErrorSummary;
  performance: Record<string, DurationStats>;
}

/** All of this subpath in one place: system, metrics, errors, durations. The samples become metrics as well. */
export class MonitoringDashboard {
  readonly metrics = new MetricsCollector();
  readonly errors: ErrorTracker;
  readonly profiler: PerformanceProfiler;
  readonly system: SystemMonitor;
  readonly #clock: Clock;
  readonly #bornMs: number;

  constructor({ system, clock = systemClock }: MonitoringDashboardOptions = {}) {
    this.#clock = clock;
    this.#bornMs = clock.monotonicMs();
    this.errors = new ErrorTracker({ clock });
    this.profiler = new PerformanceProfiler({ clock });
    this.system = new SystemMonitor({ ...system, clock, onSample: (status) => this.#record(status) });
  }

  /** Begins to watch the system, until `stop` or the signal. Starting twice is starting once. */
  start(options: { signal?: AbortSignal } = {}): void {
    this.system.start(options);
  }

  stop(): void {
    this.system.stop();
  }

  async getFullStatus(): Promise<FullStatus> {
    return {
      timestamp: new Date(this.#clock.now()).toISOString(),
      uptimeMs: this.#clock.monotonicMs() - this.#bornMs,
      system: await this.system.getCurrentStatus(),
      metrics: this.metrics.getAllStats(),
      errors: this.errors.getErrorSummary(),
      performance: this.profiler.getAllStats(),
    };
  }

  /** Writes the full status into a file, as JSON. */
  async exportReport(file: string): Promise<void> {
    await writeFile(file, `${JSON.stringify(await this.getFullStatus(), null, 2)}\n`);
  }

  #record(status: SystemStatus): void {
    this.metrics.record('system.cpu_percent', status.cpuPercent);
    this.metrics.record('system.memory_percent', status.memoryPercent);
    this.metrics.record('system.disk_percent', status.diskPercent);
  }
}

/** The program's one dashboard, for those who want one. */
export const getMonitoringDashboard = singleton(
  (options?: MonitoringDashboardOptions) => new MonitoringDashboard(options),
);
