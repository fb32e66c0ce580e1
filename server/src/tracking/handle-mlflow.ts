import type { Route } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { type Answer, type Call, type HandleOptions, handle } from '../platform/http.ts';

/** Registers a route of MLflow's under both of its prefixes: programs use `/api`, browsers `/ajax-api`. */
export function handleMlflow<const R extends Route>(
  app: FastifyInstance,
  route: R,
  handler: (call: Call<R>) => Promise<Answer<R>> | Answer<R>,
  options?: HandleOptions,
): void {
  handle(app, route, handler, options);
  handle(app, { ...route, path: route.path.replace(/^\/api\//, '/ajax-api/') }, handler, options);
}
