import type { Readable } from 'node:stream';
import { type Access, routes as declared, type Route, type RouteParsed } from '@hearth/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import {
  type Caller,
  type JobCaller,
  type KeyCaller,
  type NodeCaller,
  type PersonCaller,
  tokenOf,
} from './access.ts';
import { AppError, type Family } from './errors.ts';
import type { Gate } from './gate.ts';
import type { RequestRecords } from './request-records.ts';

declare module 'fastify' {
  interface FastifyInstance {
    gate: Gate;
    records: RequestRecords;
    /** `METHOD path` of every declared route registered so far. */
    handled: Set<string>;
  }
  interface FastifyRequest {
    caller: Caller | undefined;
  }
  interface FastifyContextConfig {
    family?: Family;
    /** Name of the declared route. */
    declared?: string;
    rateLimit?: { max: number; timeWindow: number } | false;
  }
}

type CallerOf<A extends Access, Jobs> = A extends 'public'
  ? undefined
  : A extends 'node'
    ? NodeCaller | JobCaller
    : A extends 'job'
      ? JobCaller
      : PersonCaller | KeyCaller | (Jobs extends true ? JobCaller : never);

/** What a handler is given. `body` is a stream where the route takes `bytes`; for `multipart` use `request.file()`. */
export type Call<R extends Route> = Omit<RouteParsed<R>, 'body'> & {
  body: R['body'] extends 'bytes' ? Readable : RouteParsed<R>['body'];
  caller: CallerOf<R['access'], R['jobs']>;
  request: FastifyRequest;
  reply: FastifyReply;
};

/** What it returns: the answer, or `reply` after it has sent (or hijacked) the answer itself. */
export type Answer<R extends Route> =
  | (R['response'] extends z.ZodType ? z.input<R['response']> : never)
  | FastifyReply;

export interface HandleOptions {
  rateLimit?: { max: number; timeWindow: number } | false;
  /** Bytes of a JSON body; default the web server's. */
  bodyLimit?: number;
}

export const nameOf = (route: Route): string => `${route.method} ${route.path}`;

/** Registers a declared route: access before the body is read, then parsing, the handler, and a checked answer. */
export function handle<const R extends Route>(
  app: FastifyInstance,
  route: R,
  handler: (call: Call<R>) => Promise<Answer<R>> | Answer<R>,
  { rateLimit, bodyLimit }: HandleOptions = {},
): void {
  if (app.handled.has(nameOf(route))) throw new Error(`${nameOf(route)} is registered twice.`);
  app.handled.add(nameOf(route));
  const register = (scope: FastifyInstance) =>
    scope.route({
      method: route.method,
      url: route.path,
      ...(bodyLimit === undefined ? {} : { bodyLimit }),
      config: {
        family: route.family ?? 'v1',
        declared: nameOf(route),
        ...(rateLimit === undefined ? {} : { rateLimit }),
      },
      onRequest: (request) => admit(app, route, request),
      handler: async (request, reply) => {
        const call = { ...parse(route, request), caller: request.caller, request, reply };
        reply.code(route.status ?? 200);
        const answer = await handler(call as Call<R>);
        // A reply is a thenable: awaited, it is there when it has been sent whole (or nobody listens any more).
        const isSent = answer === undefined && (reply.sent || reply.raw.headersSent || reply.raw.destroyed);
        return isSent ? reply : checked(route, answer);
      },
    });
  if (route.body === 'bytes') app.register(async (scope) => register(readRaw(scope)));
  else register(app);
}

async function admit(app: FastifyInstance, route: Route, request: FastifyRequest): Promise<void> {
  if (route.access === 'public') return;
  const token = tokenOf(request.headers);
  const attempt = token === undefined ? undefined : { token, route: nameOf(route), ip: request.ip };
  request.caller = await app.gate.admit(route.access, attempt, route.jobs);
  await app.countCaller(request);
}

function parse(route: Route, request: FastifyRequest) {
  const fields: { path: string; message: string }[] = [];
  const part = (name: 'params' | 'query' | 'body', schema: z.ZodType | undefined, given: unknown) => {
    const result = schema?.safeParse(given);
    if (result?.success) return result.data;
    for (const issue of result?.error.issues ?? [])
      fields.push({ path: [name, ...issue.path].map(String).join('.'), message: issue.message });
    return undefined;
  };
  const call = {
    params: part('params', route.params, request.params),
    query: part('query', route.query, request.query),
    body: typeof route.body === 'string' ? request.body : part('body', route.body, request.body),
  };
  if (fields.length > 0)
    throw new AppError('request.invalid', `${fields[0]!.path}: ${fields[0]!.message}`, { fields });
  return call;
}

function checked(route: Route, answer: unknown): unknown {
  if (typeof route.response === 'string')
    throw new Error(`${nameOf(route)} must send its ${route.response}.`);
  const result = route.response.safeParse(answer);
  if (!result.success)
    throw new Error(`${nameOf(route)} answered another shape than declared.`, { cause: result.error });
  return result.data;
}

function readRaw(scope: FastifyInstance): FastifyInstance {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  return scope;
}

/** Throws at boot when a declared route has no handler. */
export function requireEveryRouteHandled(
  app: FastifyInstance,
  groups: Partial<Record<keyof typeof declared, Record<string, Route>>> = declared,
): void {
  const missing = Object.values(groups)
    .flatMap((group) => Object.values(group).map(nameOf))
    .filter((name) => !app.handled.has(name));
  if (missing.length > 0) throw new Error(`Declared but not registered: ${missing.join(', ')}`);
}
