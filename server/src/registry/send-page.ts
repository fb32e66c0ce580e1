import type { FastifyReply } from 'fastify';
import type { Page } from '../platform/paging.ts';

/** A page whose body is the plain array; where it goes on, a header says. */
export function sendPage<T>(reply: FastifyReply, { items, next_cursor }: Page<T>): T[] {
  if (next_cursor !== null) reply.header('x-next-cursor', next_cursor);
  return items;
}
