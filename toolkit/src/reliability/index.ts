export { type Clock, sleep, systemClock, type Waiting } from '../clock.ts';
export type { Log } from '../log.ts';
export { ManualClock } from '../manual-clock.ts';
export type { AsyncWrapper } from '../wrapper.ts';
export {
  CircuitBreaker,
  type CircuitBreakerOptions,
  CircuitOpenError,
  CircuitState,
  circuitBreaker,
} from './circuit-breaker.ts';
export { FallbackHandler, getFallbackHandler } from './fallback-handler.ts';
export {
  getHealthChecker,
  type HealthCheck,
  HealthChecker,
  type HealthCheckerOptions,
  type HealthResult,
  type RunChecksOptions,
} from './health-checker.ts';
export {
  type Execution,
  getResilientExecutor,
  ResilientExecutor,
  type ResilientExecutorOptions,
} from './resilient-executor.ts';
export { type RetryRules, retry, runWithRetry } from './retry.ts';
export { RetryConfig, type RetryOptions, RetryStrategy } from './retry-config.ts';
