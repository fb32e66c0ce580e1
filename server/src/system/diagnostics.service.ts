import type { Diagnostics } from '@hearth/contract';
import type { Clock } from '../platform/clock.ts';
import type { RequestRecords } from '../platform/request-records.ts';
import type { Schedule } from '../platform/schedule.ts';
import type { EventLoop } from './event-loop.ts';

const mostErrors = 20;
const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;

/** What this process knows of itself, for whoever looks for the reason of something. */
export class DiagnosticsService {
  readonly #records: RequestRecords;
  readonly #schedule: Schedule;
  readonly #loop: EventLoop;
  readonly #since: Date;
  constructor(records: RequestRecords, schedule: Schedule, loop: EventLoop, clock: Clock) {
    this.#records = records;
    this.#schedule = schedule;
    this.#loop = loop;
    this.#since = clock();
  }

  read(): Diagnostics {
    const { rss, heapUsed } = process.memoryUsage();
    const { total, top, recent } = this.#records.errors(mostErrors);
    return {
      since: this.#since.toISOString(),
      process: { memory_bytes: rss, heap_bytes: heapUsed, ...this.#loop.reading() },
      errors: {
        total,
        top: top.map(({ at, ...error }) => ({ ...error, last_at: at })),
        recent: recent.map(({ requestId, ...error }) => ({ ...error, request_id: requestId })),
      },
      routes: this.#records
        .routes()
        .toSorted((a, b) => b.p95Ms - a.p95Ms)
        .map(({ route, count, errors, refusals, p50Ms, p95Ms, p99Ms, maxMs }) => ({
          ...{ route, count, errors, refusals, p50_ms: rounded(p50Ms), p95_ms: rounded(p95Ms) },
          ...{ p99_ms: rounded(p99Ms), max_ms: rounded(maxMs) },
        })),
      tasks: this.#schedule.tasks().map(({ name, status, runs, failures, lastError }) => ({
        ...{ name, is_running: status === 'running', runs, failures },
        last_error: lastError === undefined ? null : messageOf(lastError),
      })),
    };
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
