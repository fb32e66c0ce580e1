import { ErrorBody, OpenAiErrorBody, ScriptErrorBody } from './errors.ts';
import type { RawBody, Route, RouteInput, RouteOutput } from './route.ts';

/** A refusal of the server, with its code; `status` 0 and code `network` when it could not be reached. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Record<string, unknown>;
  constructor(status: number, code: string, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

export interface ClientOptions {
  /** Origin without a trailing slash; default: same origin. */
  baseUrl?: string;
  /** Called before each request; undefined sends no Authorization header. */
  token?: () => string | undefined | Promise<string | undefined>;
  fetch?: typeof fetch;
}

export interface CallOptions {
  signal?: AbortSignal;
  headers?: Record<string, string>;
  /** Told the headers of an answer that is no refusal, as where a list goes on (`x-next-cursor`). */
  onHeaders?: (headers: Headers) => void;
}

/** Calls declared routes: `call(routes.training.start, { body })` → the parsed answer, or throws ApiError. */
export type Client = <R extends Route>(
  route: R,
  input: RouteInput<R>,
  options?: CallOptions,
) => Promise<RouteOutput<R>>;

/** Fills `:name` parameters (and a last `*`, which keeps its slashes) and appends the query; exported for links such as downloads. */
export function urlOf(route: Route, input: { params?: unknown; query?: unknown } = {}): string {
  const params = (input.params ?? {}) as Record<string, unknown>;
  const path = route.path.replace(/:([a-z0-9_]+)|\*$/gi, (rest, name: string | undefined) =>
    name
      ? encodeURIComponent(String(params[name]))
      : String(params[rest]).split('/').map(encodeURIComponent).join('/'),
  );
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries((input.query ?? {}) as Record<string, unknown>)) {
    if (value !== undefined && value !== null) query.set(key, String(value));
  }
  // Not `query.size`: Safari has it only from 17.
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/** Makes a client. Answers are parsed with the route's schema, so what it resolves to is what the types say. */
export function createClient({ baseUrl = '', token, fetch: doFetch = fetch }: ClientOptions = {}): Client {
  return async (route, input, options = {}) => {
    const headers: Record<string, string> = { accept: 'application/json', ...options.headers };
    const bearer = await token?.();
    if (bearer) headers.authorization = `Bearer ${bearer}`;
    const given = input as { params?: unknown; query?: unknown; body?: unknown };
    const raw = given.body;
    const isJson = raw !== undefined && typeof route.body !== 'string';
    if (isJson) headers['content-type'] = 'application/json';
    const response = await reach(doFetch, baseUrl + urlOf(route, given), {
      method: route.method,
      headers,
      body: isJson ? JSON.stringify(raw) : (raw as RawBody | undefined),
      signal: options.signal,
      credentials: 'same-origin',
      ...(raw instanceof ReadableStream ? { duplex: 'half' } : {}),
    });
    if (!response.ok) throw await refusal(response);
    options.onHeaders?.(response.headers);
    if (typeof route.response === 'string') return response as RouteOutput<typeof route>;
    return route.response.parse(await response.json()) as RouteOutput<typeof route>;
  };
}

async function reach(doFetch: typeof fetch, url: string, init: RequestInit): Promise<Response> {
  try {
    return await doFetch(url, init);
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new ApiError(0, 'network', 'The server could not be reached.');
  }
}

async function refusal(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined);
  const own = ErrorBody.safeParse(body);
  if (own.success)
    return new ApiError(response.status, own.data.error.code, own.data.error.message, own.data.error.details);
  const openAi = OpenAiErrorBody.safeParse(body);
  if (openAi.success)
    return new ApiError(response.status, openAi.data.error.code ?? 'unknown', openAi.data.error.message);
  const script = ScriptErrorBody.safeParse(body);
  if (script.success) {
    const { error, details } = script.data;
    return new ApiError(response.status, String(details.code ?? 'unknown'), error, details);
  }
  return new ApiError(response.status, 'unknown', `The server answered ${response.status}.`);
}
