/** What the hook needs of a Fastify request. */
interface RequestLike {
  headers: { authorization?: string };
  user?: unknown;
}

/** What the hook needs of a Fastify reply. */
interface ReplyLike {
  code(statusCode: number): unknown;
  header(name: string, value: string): unknown;
  send(body: unknown): unknown;
}

/** A Fastify `onRequest` or `preHandler` hook. */
export type BearerHook = (request: RequestLike, reply: ReplyLike) => Promise<unknown>;

interface Refusal extends Error {
  statusCode: number;
  code: string;
  retryAfterMs?: number;
}

const isRefusal = (error: unknown): error is Refusal =>
  error instanceof Error && 'statusCode' in error && 'code' in error;

/** Reads `Authorization: Bearer …`, asks `authorize`, sets `request.user` or answers with the refusal. */
export function bearerHook(authorize: (token: string) => Promise<unknown>): BearerHook {
  return async (request, reply) => {
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    try {
      request.user = await authorize(token);
      return undefined;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (error.statusCode === 401) reply.header('www-authenticate', 'Bearer');
      if (error.retryAfterMs !== undefined)
        reply.header('retry-after', String(Math.ceil(error.retryAfterMs / 1000)));
      reply.code(error.statusCode);
      return reply.send({ error: { code: error.code, message: error.message } });
    }
  };
}
