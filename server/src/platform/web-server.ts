import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import cors from '@fastify/cors';
import multipart from '@fastify/multipart';
import rateLimit from '@fastify/rate-limit';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Config } from './config.ts';
import { useErrorHandler } from './error-handler.ts';
import { AppError } from './errors.ts';
import { Gate } from './gate.ts';
import type { Log } from './log.ts';
import { useSecurityHeaders } from './security-headers.ts';

/** Fastify with everything that no domain has a say in; domains then register their routes with `handle`. */
export async function createWebServer(config: Config, log: Log): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = log;
  const app = Fastify({
    loggerInstance,
    genReqId: () => randomUUID(),
    bodyLimit: 2 * 1024 * 1024,
    trustProxy: config.trustProxy.length > 0 ? config.trustProxy : false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 300 },
  });
  app.decorate('gate', new Gate());
  app.decorate('handled', new Set<string>());
  app.decorateRequest('caller', undefined);
  useErrorHandler(app);
  readJsonOnly(app);
  await useSecurityHeaders(app);
  if (config.corsOrigins.length > 0)
    await app.register(cors, { origin: config.corsOrigins, credentials: true, maxAge: 600 });
  if (config.rateLimitPerMinute > 0)
    await app.register(rateLimit, {
      max: config.rateLimitPerMinute,
      timeWindow: 60_000,
      errorResponseBuilder: (_request, { ttl }) =>
        new AppError('request.rate_limited', 'Too many requests.', {}, Math.ceil(ttl / 1000)),
    });
  await app.register(cookie);
  await app.register(multipart, {
    limits: { files: 1, fields: 10, fieldSize: 10_000, parts: 11, fileSize: Number.POSITIVE_INFINITY },
  });
  // Node messages carry at most 500 events; browsers' are far smaller and checked by their gateway.
  await app.register(websocket, { options: { maxPayload: 16 * 1024 * 1024 } });
  return app;
}

/** Bodies are JSON unless a route says otherwise; an empty one counts as none. */
function readJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else parse(request, body as string, done);
  });
}
