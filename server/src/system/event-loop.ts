import { type EventLoopUtilization, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Diagnostics } from '@hearth/contract';

type Reading = Pick<Diagnostics['process'], 'event_loop_delay' | 'event_loop_busy'>;
const resolutionMs = 20;
const nsPerMs = 1e6;

/** How promptly this process gets to its work, minute by minute. */
export class EventLoop {
  readonly #delays = monitorEventLoopDelay({ resolution: resolutionMs });
  #since: EventLoopUtilization = performance.eventLoopUtilization();
  #last: Reading = { event_loop_delay: null, event_loop_busy: null };
  constructor() {
    this.#delays.enable();
  }

  /** Of the last whole minute. */
  reading(): Reading {
    return this.#last;
  }

  /** Ends a minute and begins the next. */
  turn(): void {
    const now = performance.eventLoopUtilization();
    // Node counts the timer's own period in.
    const lateMs = (ns: number) => Math.max(0, Math.round((ns / nsPerMs - resolutionMs) * 100) / 100);
    const delays = this.#delays;
    const event_loop_delay =
      delays.count === 0
        ? null
        : {
            p50_ms: lateMs(delays.percentile(50)),
            p99_ms: lateMs(delays.percentile(99)),
            max_ms: lateMs(delays.max),
          };
    this.#last = {
      event_loop_delay,
      event_loop_busy: performance.eventLoopUtilization(now, this.#since).utilization,
    };
    this.#since = now;
    delays.reset();
  }

  close(): void {
    this.#delays.disable();
  }
}
