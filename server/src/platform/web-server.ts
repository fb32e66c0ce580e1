import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import cookie from '@fastify/cookie';
import cors from '@fastify/cors';
import multipart from '@fastify/multipart';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Redis } from 'ioredis';
import { endConnectionsOnClose } from './closing.ts';
import type { Config } from './config.ts';
import { familyOf, render, useErrorHandler } from './error-handler.ts';
import { AppError, envelope } from './errors.ts';
import { asAppError } from './failures.ts';
import { Gate } from './gate.ts';
import type { Log } from './log.ts';
import { useRateLimits } from './rate-limits.ts';
import { RequestRecords } from './request-records.ts';
import { useSecurityHeaders } from './security-headers.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Fastify with everything that no domain has a say in; domains then register their routes with `handle`. */
export async function createWebServer(config: Config, log: Log, redis?: Redis): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = log;
  const app = Fastify({
    loggerInstance,
    genReqId: () => randomUUID(),
    logController: new LogController({ disableRequestLogging: true }),
    frameworkErrors: (error, request, reply) => {
      render(asAppError(error), familyOf(request), reply);
    },
    clientErrorHandler: refuseBadBytes,
    // A million characters of the longest prompt, whatever the script.
    bodyLimit: 5 * 1024 * 1024,
    trustProxy: config.trustProxy.length > 0 ? config.trustProxy : false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 300 },
  });
  app.decorate('gate', new Gate());
  app.decorate('records', new RequestRecords());
  app.decorate('handled', new Set<string>());
  app.decorateRequest('caller', undefined);
  useErrorHandler(app);
  endConnectionsOnClose(app);
  logRequests(app);
  readJsonOnly(app);
  useSecurityHeaders(app);
  if (config.corsOrigins.length > 0)
    await app.register(cors, { origin: config.corsOrigins, credentials: true, methods, maxAge: 600 });
  await useRateLimits(app, config, redis);
  await app.register(cookie);
  await app.register(multipart, {
    limits: { files: 1, fields: 10, fieldSize: 10_000, parts: 11, fileSize: Number.POSITIVE_INFINITY },
  });
  // Node messages carry at most 500 events; browsers' are far smaller and checked by their gateway.
  await app.register(websocket, { options: { maxPayload: 16 * 1024 * 1024 } });
  return app;
}

/** Answers bytes that are no HTTP request: nothing behind the parser ever sees them. */
function refuseBadBytes(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const refusal =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? new AppError('request.too_large', 'The head of the request is larger than allowed.')
      : new AppError('request.invalid', 'This is not an HTTP request that can be read.', { fields: [] });
  const body = JSON.stringify(envelope(refusal, 'v1'));
  const head = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** One line a request, when it is answered; a page polls, so it is for who looks closely. No query: it may carry names of people's files. */
function logRequests(app: FastifyInstance): void {
  // Hooks that wait for nothing call back: a promise for each of them would cost every request.
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { method, url, ip, caller } = request;
    const path = url.split('?', 1)[0];
    const ms = Math.round(reply.elapsedTime * 100) / 100;
    app.records.answered(request.routeOptions.config.declared, reply.statusCode, reply.elapsedTime);
    request.log.debug({ method, path, status: reply.statusCode, ms, ip, caller: caller?.name }, 'answered');
    done();
  });
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
