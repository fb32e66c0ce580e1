import { LRUCache } from 'lru-cache';
import { type Clock, systemClock } from '../clock.ts';

export interface TrackedError {
  type: string;
  message: string;
  context: Record<string, unknown>;
  stack?: string;
  /** UTC, ISO 8601. */
  timestamp: string;
}

export interface ErrorCount {
  type: string;
  message: string;
  count: number;
  /** UTC, ISO 8601. */
  lastSeen: string;
}

export interface ErrorSummary {
  /** Errors recorded in all. */
  total: number;
  byType: Record<string, number>;
  top: ErrorCount[];
}

export interface ErrorTrackerOptions {
  /** Errors kept whole, and different errors counted. Default 1000. */
  maxErrors?: number;
  /** Default `systemClock`. */
  clock?: Clock;
}

/** Remembers the newest errors and counts them by type and message. Memory is bounded; the total is not reset. */
export class ErrorTracker {
  readonly #maxErrors: number;
  readonly #clock: Clock;
  readonly #recent: TrackedError[] = [];
  readonly #counts: LRUCache<string, ErrorCount>;
  readonly #types: LRUCache<string, { count: number }>;
  #total = 0;

  constructor({ maxErrors = 1000, clock = systemClock }: ErrorTrackerOptions = {}) {
    this.#maxErrors = maxErrors;
    this.#clock = clock;
    this.#counts = new LRUCache({ max: maxErrors });
    this.#types = new LRUCache({ max: maxErrors });
  }

  /** Records an error by type and message, or as it was caught (anything can be thrown). */
  recordError(type: string, message: string, context?: Record<string, unknown>): void;
  recordError(error: unknown, context?: Record<string, unknown>): void;
  recordError(error: unknown, second?: unknown, third?: Record<string, unknown>): void {
    const named = typeof error === 'string' && typeof second === 'string';
    const { type, message, stack } = named ? { type: error, message: second, stack: undefined } : read(error);
    const context = (named ? third : (second as Record<string, unknown> | undefined)) ?? {};
    const timestamp = new Date(this.#clock.now()).toISOString();
    this.#total++;
    this.#recent.push({ type, message, context, ...(stack !== undefined && { stack }), timestamp });
    if (this.#recent.length > this.#maxErrors) this.#recent.shift();
    const key = JSON.stringify([type, message]);
    const count = (this.#counts.get(key)?.count ?? 0) + 1;
    this.#counts.set(key, { type, message, count, lastSeen: timestamp });
    this.#types.set(type, { count: (this.#types.get(type)?.count ?? 0) + 1 });
  }

  /** The newest, latest first. */
  getRecentErrors(limit = 10): TrackedError[] {
    return this.#recent.slice(Math.max(0, this.#recent.length - limit)).reverse();
  }

  /** The most frequent, by type and message. */
  getTopErrors(limit = 10): ErrorCount[] {
    return [...this.#counts.values()].sort((a, b) => b.count - a.count).slice(0, limit);
  }

  getErrorSummary(): ErrorSummary {
    const byType = Object.fromEntries([...this.#types].map(([type, { count }]) => [type, count]));
    return { total: this.#total, byType, top: this.getTopErrors() };
  }
}

function read(error: unknown): { type: string; message: string; stack: string | undefined } {
  if (error instanceof Error) return { type: error.name, message: error.message, stack: error.stack };
  return { type: typeof error, message: String(error), stack: undefined };
}
