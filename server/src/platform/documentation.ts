import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiDocument } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { version } from './version.ts';

const folder = join(import.meta.dirname, '../../assets/docs');
const pages = {
  '/docs': ['index.html', 'text/html; charset=utf-8'],
  '/docs/docs.css': ['docs.css', 'text/css; charset=utf-8'],
  '/docs/docs.js': ['docs.js', 'text/javascript; charset=utf-8'],
} as const;

/** `/openapi.json`, made at the first request from the contract, and a page at `/docs` that draws it under the same strict policy. */
export function documentation(app: FastifyInstance): void {
  let document: Buffer | undefined;
  serve(app, '/openapi.json', 'application/json; charset=utf-8', () => {
    document ??= Buffer.from(JSON.stringify(openApiDocument({ title: 'Hearth', version })));
    return document;
  });
  for (const [path, [file, type]] of Object.entries(pages))
    serve(app, path, type, () => readFileSync(join(folder, file)));
}

function serve(app: FastifyInstance, path: string, type: string, content: () => Buffer): void {
  app.get(path, (_request, reply) =>
    reply.header('content-type', type).header('cache-control', 'no-cache').send(content()),
  );
}
