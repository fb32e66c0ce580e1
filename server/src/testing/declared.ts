import { type Route, routes } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { nameOf } from '../platform/http.ts';

const all: Route[] = Object.values(routes).flatMap((group) => Object.values(group as Record<string, Route>));

/** The declared routes this app answers, by `METHOD path`. */
export const handledRoutes = (app: FastifyInstance): [string, Route][] =>
  all.map((route): [string, Route] => [nameOf(route), route]).filter(([name]) => app.handled.has(name));
