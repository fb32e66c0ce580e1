import { type CircuitBreaker, RetryConfig, runWithRetry } from '@hearth/toolkit/reliability';
import { AppError } from '../platform/errors.ts';
import { askModel, type Endpoint, EndpointRefusal, piecesOf } from './endpoint-client.ts';
import type { Generation, Question } from './generation.ts';

/** Refusals speak against the question, except those that say the server itself is unwell. */
const isFailure = (error: unknown): boolean =>
  !(error instanceof AppError) || (error instanceof EndpointRefusal && error.answered >= 500);
export const breakerOptions = { failureThreshold: 5, recoveryTimeoutMs: 30_000, isFailure };

const passing = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** Whether a server that restarts, or a proxy before one, would say so. */
function isPassing(error: unknown): boolean {
  if (error instanceof EndpointRefusal) return error.answered === 502 || error.answered === 503;
  const { code } = error as NodeJS.ErrnoException;
  return code !== undefined && passing.has(code);
}
const usualRetries = new RetryConfig({ maxAttempts: 3, initialDelayMs: 250 });

/**
 * An answer of an attached server. It is asked again after what passes, as long as nothing of an answer has come; what
 * remains a failure up to the first piece counts against it, and while the circuit is open it is not asked at all.
 */
export async function* generateGuarded(
  breaker: CircuitBreaker,
  endpoint: Endpoint,
  question: Question,
  signal: AbortSignal,
  retries = usualRetries,
): Generation {
  const begin = async () => {
    try {
      const ask = () => askModel(endpoint, question, signal);
      const rest = piecesOf(await runWithRetry(ask, retries, { signal, retryIf: isPassing }));
      return { first: await rest.next(), rest };
    } catch (error) {
      // A withdrawn question says nothing about the server, in whatever way it broke off.
      signal.throwIfAborted();
      throw error;
    }
  };
  const { first, rest } = await breaker.call(begin);
  try {
    if (!first.done) yield first.value;
    yield* rest;
  } finally {
    await rest.return();
  }
}
