import { RetryConfig } from '@hearth/toolkit/reliability';

/** Waits with full jitter: up to 0.2 s after the first failure, doubling to at most 15 s. */
export const reconnecting = new RetryConfig({ initialDelayMs: 200, maxDelayMs: 15_000, jitter: 'full' });
/** A server that was there a moment ago restarts: it is back within seconds, and its nodes with it. */
export const restarting = new RetryConfig({ initialDelayMs: 100, maxDelayMs: 1000, jitter: 'full' });
/** For transfers: up to 0.5 s after the first failure. */
export const transferring = new RetryConfig({ initialDelayMs: 500, maxDelayMs: 15_000, jitter: 'full' });
