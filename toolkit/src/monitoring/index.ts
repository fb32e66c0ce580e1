export { type Clock, systemClock } from '../clock.ts';
export type { DurationStats } from '../duration-table.ts';
export type { Log } from '../log.ts';
export { AdvancedLogger, type AdvancedLoggerOptions, type LogEntry } from './advanced-logger.ts';
export {
  type ErrorCount,
  type ErrorSummary,
  ErrorTracker,
  type ErrorTrackerOptions,
  type TrackedError,
} from './error-tracker.ts';
export { type MetricStats, MetricsCollector, type MetricsCollectorOptions } from './metrics-collector.ts';
export {
  type FullStatus,
  getMonitoringDashboard,
  MonitoringDashboard,
  type MonitoringDashboardOptions,
} from './monitoring-dashboard.ts';
export { PerformanceProfiler } from './performance-profiler.ts';
export {
  type Readings,
  SystemMonitor,
  type SystemMonitorOptions,
  type SystemStatus,
} from './system-monitor.ts';
