import type { FastifyReply, FastifyRequest } from 'fastify';

/** What a caller prefers (RFC 7240): an answer at once, perhaps after a wait, instead of one at the end. */
export interface Preference {
  isAsync: boolean;
  /** Longest wait for the end before it is answered without. */
  waitMs: number;
}

export function preferenceOf(request: FastifyRequest): Preference {
  const wishes = String(request.headers.prefer ?? '')
    .toLowerCase()
    .split(',')
    .map((wish) => wish.trim());
  const seconds = wishes.map((wish) => /^wait="?(\d{1,4})"?$/.exec(wish)?.[1]).find((found) => found);
  return { isAsync: wishes.includes('respond-async'), waitMs: Number(seconds ?? 0) * 1000 };
}

/** Aborts when the answer is sent, or nobody is there any more to take it. */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  if (reply.raw.destroyed) gone.abort();
  return gone.signal;
}
