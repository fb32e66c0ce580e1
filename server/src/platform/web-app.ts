import { existsSync } from 'node:fs';
import { join } from 'node:path';
import serveFiles from '@fastify/static';
import { routes } from '@hearth/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { familyOf, render, routeNotFound } from './error-handler.ts';

const missing =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>Hearth</title>' +
  '<p>The server runs, but its web app is not built yet: run <code>npm start</code>, or <code>npm run build -w web</code>.</p></html>\n';

/** The built web app, its pages for whatever path a browser navigates to, and 404s for everything else. */
export async function webApp(app: FastifyInstance, dist: string): Promise<void> {
  const isBuilt = existsSync(join(dist, 'index.html'));
  if (isBuilt)
    await app.register(serveFiles, {
      root: dist,
      wildcard: false,
      index: false,
      setHeaders: (reply, path) => {
        const isHashed = path.startsWith(join(dist, 'assets/'));
        reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  const page = (reply: FastifyReply) =>
    isBuilt
      ? reply.sendFile('index.html')
      : reply.code(503).header('content-type', 'text/html; charset=utf-8').send(missing);

  app.get('/', async (request, reply) => {
    if (!wantsJson(request)) return page(reply);
    const health = await app.inject({ method: 'GET', url: routes.system.health.path });
    return reply.code(health.statusCode).header('content-type', 'application/json').send(health.body);
  });
  app.setNotFoundHandler((request, reply) => {
    const isPage = request.method === 'GET' && !isApi(request.url) && wantsPage(request);
    return isPage ? page(reply) : render(routeNotFound(request), familyOf(request), reply);
  });
}

const wantsPage = ({ headers: { accept = '' } }: FastifyRequest) => accept.includes('text/html');
const wantsJson = (request: FastifyRequest) =>
  !wantsPage(request) && (request.headers.accept ?? '').includes('application/json');
const isApi = (url: string) => /^\/(api|v1|assets|health|openapi\.json)(\/|\?|$)/.test(url);
