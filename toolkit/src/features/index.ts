export { type Clock, systemClock } from '../clock.ts';
export type { Log } from '../log.ts';
export type { MetricStats } from '../monitoring/metrics-collector.ts';
export type { SqlQuery } from '../storage/sql-query.ts';
export {
  AnalyticsCollector,
  type AnalyticsCollectorOptions,
  type AnalyticsEvent,
  type AnalyticsReport,
  getAnalyticsCollector,
} from './analytics-collector.ts';
export {
  getNotificationManager,
  type Notification,
  NotificationManager,
  type NotificationManagerOptions,
  type Subscriber,
} from './notification-manager.ts';
export { PostgresResultStore } from './postgres-result-store.ts';
export {
  getResultCache,
  ResultCache,
  type ResultCacheOptions,
  type ResultCacheStats,
} from './result-cache.ts';
export { FileResultStore, type ResultStore, type StoredResult } from './result-store.ts';
export {
  type TaskFunction,
  type TaskOptions,
  TaskPriority,
  type TaskState,
  type TaskStatus,
} from './task.ts';
export { getTaskScheduler, TaskScheduler, type TaskSchedulerOptions } from './task-scheduler.ts';
