import type { FastifyRequest } from 'fastify';

const patienceMs = 2_000;

/**
 * Lets go of a body that will not be read to its end. Cutting the line at once would take the refusal with it, so the
 * rest is thrown away for a moment; whoever still sends then is cut off.
 */
export function abandonBody({ raw }: FastifyRequest): void {
  raw.unpipe();
  raw.resume();
  // A body that has ended meanwhile keeps its connection: destroying a complete message leaves the socket alone.
  setTimeout(() => raw.destroy(), patienceMs).unref();
}
