export { type Clock, systemClock } from '../clock.ts';
export type { DurationStats } from '../duration-table.ts';
export type { Wrapper } from '../wrapper.ts';
export { BatchProcessor, type BatchProcessorOptions } from './batch-processor.ts';
export type { Future } from './future.ts';
export { getLoadBalancer, LoadBalancer, type LoadBalancerOptions } from './load-balancer.ts';
export { type MemoizeOptions, memoize } from './memoize.ts';
export {
  type Collection,
  getMemoryOptimizer,
  MemoryOptimizer,
  type MemoryOptimizerOptions,
  type MemoryUsage,
} from './memory-optimizer.ts';
export { type ParallelizeOptions, parallelize } from './parallelize.ts';
export { getPerformanceMonitor, PerformanceMonitor } from './performance-monitor.ts';
export { type CacheStats, getSmartCache, SmartCache, type SmartCacheOptions } from './smart-cache.ts';
export { getThreadPool, type RunOptions, ThreadPool, type ThreadPoolOptions } from './thread-pool.ts';
export type { Job, ModuleJob } from './thread-task.ts';
