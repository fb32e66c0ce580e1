import { openApiDocument } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { version } from './version.ts';

/** `/openapi.json`, made once from the contract. */
export function documentation(app: FastifyInstance): void {
  const document = JSON.stringify(openApiDocument({ title: 'Hearth', version }));
  app.get('/openapi.json', (_request, reply) =>
    reply.header('content-type', 'application/json; charset=utf-8').send(document),
  );
}
