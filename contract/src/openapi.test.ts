import { expect, it } from 'vitest';
import { openApiDocument } from './openapi.ts';
import { routes } from './routes.ts';

const document = openApiDocument({ title: 'Hearth', version: '1.2.3' }) as {
  openapi: string;
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>;
  components: { schemas: Record<string, unknown> };
};

it('describes every declared route', () => {
  const described = Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).map((o) => o.operationId),
  );
  const declared = Object.entries(routes).flatMap(([subject, group]) =>
    Object.keys(group).map((name) => `${subject}.${name}`),
  );
  expect(described.toSorted()).toEqual(declared.toSorted());
});

it('resolves every reference inside the document', () => {
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(
    (m) => m[1]!,
  );
  expect(references.length).toBeGreaterThan(20);
  for (const name of references) expect(document.components.schemas, name).toHaveProperty(name);
  expect(JSON.stringify(document)).not.toContain('$defs');
});

it('states the success and the refusals of a route', () => {
  const stop = document.paths['/api/v1/training/{session_id}/stop']!.post!;
  const statuses = ['200', '400', '401', '403', '404', '409', '413', '415', '429', '503'];
  expect(Object.keys(stop.responses).sort()).toEqual(statuses);
});
