import { type DurationStats, ErrorTracker, PerformanceProfiler } from '@hearth/toolkit/monitoring';
import type { FastifyRequest } from 'fastify';
import type { AppError } from './errors.ts';

interface Outcomes {
  errors: number;
  refusals: number;
}
interface Failure {
  code: string;
  route: string;
  message: string;
  requestId: string;
  at: string;
}
const elsewhere = '(undeclared)';
const longestMessage = 300;

/**
 * How requests went since the start. Memory is bounded: durations are kept for declared routes only, errors by code and
 * route, of which the newest stay whole.
 */
export class RequestRecords {
  readonly #durations = new PerformanceProfiler();
  readonly #errors = new ErrorTracker({ maxErrors: 200 });
  readonly #outcomes = new Map<string, Outcomes>();

  answered(route: string | undefined, status: number, durationMs: number): void {
    if (route === undefined) return;
    this.#durations.measure(route, durationMs);
    if (status < 400) return;
    const outcomes = this.#outcomes.get(route) ?? { errors: 0, refusals: 0 };
    this.#outcomes.set(route, outcomes);
    if (status >= 500) outcomes.errors += 1;
    else outcomes.refusals += 1;
  }

  /** Remembers what is the server's failure rather than the caller's. */
  failed(request: FastifyRequest, { code, status }: AppError, cause: unknown): void {
    if (status < 500) return;
    const route = request.routeOptions.config.declared;
    this.#errors.recordError(code, route ?? elsewhere, {
      message: rootMessage(cause),
      requestId: request.id,
    });
  }

  routes(): (DurationStats & Outcomes & { route: string })[] {
    return Object.entries(this.#durations.getAllStats()).map(([route, stats]) => ({
      route,
      ...stats,
      ...(this.#outcomes.get(route) ?? { errors: 0, refusals: 0 }),
    }));
  }

  errors(limit: number): {
    total: number;
    top: (Omit<Failure, 'message' | 'requestId'> & { count: number })[];
    recent: Failure[];
  } {
    const { total } = this.#errors.getErrorSummary();
    const top = this.#errors.getTopErrors(limit);
    const recent = this.#errors.getRecentErrors(limit);
    return {
      total,
      top: top.map(({ type: code, message: route, count, lastSeen: at }) => ({ code, route, count, at })),
      recent: recent.map(({ type: code, message: route, context, timestamp: at }) => {
        return { code, route, message: String(context.message), requestId: String(context.requestId), at };
      }),
    };
  }
}

/** The innermost reason: what wraps it may quote whole queries with their values. */
function rootMessage(error: unknown): string {
  if (error instanceof Error && error.cause instanceof Error) return rootMessage(error.cause);
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.slice(0, longestMessage);
}
