import type { z } from 'zod';
import type { ErrorCode } from './errors.ts';
import type { Permission } from './permissions.ts';

/** Whose form of errors a route answers with. */
export type Family = 'v1' | 'openai' | 'scripts' | 'mlflow';
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Who may call a route: nobody needs to prove anything (`public`), any signed-in person or key (`signed-in`),
 * whoever holds the permission, an enrolled node (`node`), or the process of one leased job (`job`).
 */
export type Access = 'public' | 'signed-in' | 'node' | 'job' | Permission;

/**
 * How a body or an answer travels when it is not JSON: `multipart` is one file field named `file`,
 * `bytes` a raw stream, `events` a `text/event-stream`, `text` plain text.
 */
export type Stream = 'multipart' | 'bytes' | 'events' | 'text';

/** One route, declared once: the server registers it, the client and OpenAPI derive from it. */
export interface Route {
  method: Method;
  /** Path with `:name` parameters; a last `*` takes the rest, slashes and all. */
  path: string;
  summary: string;
  tag: string;
  access: Access;
  /** Envelope of its errors; default `v1`. */
  family?: Family;
  /** The process of a leased job may call it too, with its token; what it may touch is up to the handler. */
  jobs?: true;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType | Stream;
  /** Status of success; default 200. */
  status?: 200 | 201 | 202 | 204 | 206;
  response: z.ZodType | Stream;
  /** What it can refuse with, besides the refusals every route shares (`request.invalid`, `auth.required`, …). */
  errors?: readonly ErrorCode[];
}

/** Declares a route, keeping its exact type. */
export const route = <const R extends Route>(declared: R): R => declared;

/** What can be sent where a route takes a stream. */
export type RawBody = string | Blob | FormData | ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer>;

type In<T> = T extends z.ZodType ? z.input<T> : never;
type Out<T> = T extends z.ZodType ? z.output<T> : never;

/** What a caller passes: `params`, `query`, `body`, each only where the route has it. */
export type RouteInput<R extends Route> = (R['params'] extends z.ZodObject
  ? { params: In<R['params']> }
  : unknown) &
  (R['query'] extends z.ZodObject ? { query?: In<R['query']> } : unknown) &
  (R['body'] extends z.ZodType
    ? { body: In<R['body']> }
    : R['body'] extends Stream
      ? { body: RawBody }
      : unknown);

/** What the server's handler receives: parsed `params`, `query`, `body`. */
export type RouteParsed<R extends Route> = {
  params: Out<R['params']>;
  query: Out<R['query']>;
  body: Out<R['body']>;
};

/** What a call resolves to: the parsed JSON, or the raw `Response` for streams. */
export type RouteOutput<R extends Route> = R['response'] extends z.ZodType
  ? z.output<R['response']>
  : Response;
