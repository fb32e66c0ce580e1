import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Redis } from 'ioredis';
import type { Config } from './config.ts';
import { AppError } from './errors.ts';
import { networkOf } from './network.ts';
import { RequestCounts } from './request-counts.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Counts a request for whoever it proved to come from; refuses it when there were too many. */
    countCaller: Counter;
  }
}

type Counter = (request: FastifyRequest) => void | Promise<void>;

const minuteMs = 60_000;
const refusal = (ttlMs: number) =>
  new AppError('request.rate_limited', 'Too many requests.', {}, Math.max(1, Math.ceil(ttlMs / 1000)));

/**
 * Limits on every route: by address before anything else is looked at, and by caller (a person, a key, a node, a job)
 * once it is known who asks. Routes may have stricter ones of their own, by address. Counted in Redis where there is
 * one, so that several servers count together; while it is away nothing is refused.
 */
export async function useRateLimits(app: FastifyInstance, config: Config, redis?: Redis): Promise<void> {
  const byAddress = (request: FastifyRequest) => `ip:${networkOf(request.ip)}`;
  await app.register(rateLimit, {
    global: false,
    timeWindow: minuteMs,
    keyGenerator: byAddress,
    errorResponseBuilder: (_request, { ttl }) => refusal(ttl),
    ...(redis ? { redis, nameSpace: 'hearth:limit:', skipOnError: true } : {}),
  });
  const isLifted = config.rateLimitPerMinute === 0;
  const counter = redis ? sharedCounter : ownCounter;
  const address = counter(app, byAddress, isLifted ? 0 : config.rateLimitPerMinute);
  const byCaller = ({ caller }: FastifyRequest) => `${caller!.kind}:${caller!.id}`;
  const caller = counter(app, byCaller, isLifted ? 0 : config.rateLimitPerCaller);
  app.decorate('countCaller', caller);
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config?.rateLimit !== false) await address(request);
  });
}

type KeyOf = (request: FastifyRequest) => string;

/** This process's alone, for which the plugin would make promises at every request. */
function ownCounter(_app: FastifyInstance, keyOf: KeyOf, max: number): Counter {
  if (max === 0) return () => undefined;
  const counts = new RequestCounts(max, minuteMs);
  return (request) => {
    const waitMs = counts.count(keyOf(request), performance.now());
    if (waitMs > 0) throw refusal(waitMs);
  };
}

/** One that all servers behind the same Redis count in. */
function sharedCounter(app: FastifyInstance, keyGenerator: KeyOf, max: number): Counter {
  if (max === 0) return () => undefined;
  const count = app.createRateLimit({ max, timeWindow: minuteMs, keyGenerator });
  return async (request) => {
    const counted = await count(request);
    if (!counted.isAllowed && counted.isExceeded) throw refusal(counted.ttl);
  };
}
