import { type Family, routes, urlOf } from '@hearth/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { handledRoutes } from '../testing/declared.ts';
import { openStage, type Stage } from '../testing/property-stage.ts';
import { readRefusal } from '../testing/refusal.ts';
import { playRun } from '../testing/story.ts';

let stage: Stage;
/** Parameters of the routes that name something which is there. */
const known: Record<string, string> = { name: 'flowers', script_name: 'predictor.py' };
beforeAll(async () => {
  stage = await openStage();
  const { session_id, job } = await stage.begin();
  await playRun(stage.agent, job);
  await stage.begin();
  Object.assign(known, { session_id, id: job.jobId });
});
afterAll(() => stage.close());

const ask = (path: string, method = 'GET') =>
  fetch(stage.test.url + path, { method, headers: { authorization: `Bearer ${stage.test.adminToken}` } });

describe('answers', () => {
  it('P30: what a route answers is JSON of the form that it declares, for any page of any list', async () => {
    const reads = handledRoutes(stage.test.app).filter(
      ([, route]) =>
        route.method === 'GET' &&
        route.response instanceof z.ZodType &&
        !['node', 'job'].includes(route.access) &&
        Object.keys(route.params?.shape ?? {}).every((name) => name in known),
    );
    expect(reads.length).toBeGreaterThan(30);
    const seen = new Map<number, number>();
    const limits = fc.integer({ min: 1, max: 200 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...reads), limits, async ([name, route], limit) => {
        const query = 'limit' in (route.query?.shape ?? {}) ? { limit } : {};
        const response = await ask(urlOf(route, { params: known, query }));
        expect(response.headers.get('content-type'), name).toMatch(/^application\/json/);
        const text = await response.text();
        seen.set(response.status, (seen.get(response.status) ?? 0) + 1);
        if (response.ok) expectForm(name, route.response, JSON.parse(text));
        else readRefusal(route.family ?? 'v1', text);
        expect(response.status, name).toBeLessThan(500);
      }),
      { numRuns: 120 },
    );
    expect(seen.get(200)).toBeGreaterThan(50);
  });

  it('P32: what nobody declared is a 404 in the envelope of its family', async () => {
    const families: [string, Family][] = [
      ['/api/v1/', 'v1'],
      ['/v1/', 'openai'],
      ['/ml/', 'scripts'],
      ['/api/2.0/mlflow/', 'mlflow'],
    ];
    const segment = fc.stringMatching(/^[a-z0-9_.~-]{1,12}$/).filter((text) => !/^\.{1,2}$/.test(text));
    const methods = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE');
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...families),
        segment,
        methods,
        async ([prefix, family], part, method) => {
          const response = await ask(`${prefix}nobody/has/${part}`, method);
          expect(response.status).toBe(404);
          const code = family === 'mlflow' ? 'ENDPOINT_NOT_FOUND' : 'route.not_found';
          expect(readRefusal(family, await response.text()).code).toBe(code);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('P40: a time in an answer is UTC with milliseconds, and never lies ahead', async () => {
    const paths = [
      routes.training.runs,
      routes.training.sessions,
      routes.registry.listDatasets,
      routes.jobs.list,
      routes.nodes.list,
    ].map((route) => urlOf(route));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), async (path) => {
        const text = await (await ask(path)).text();
        const times = [...text.matchAll(/"(\w+_at|timestamp)":"([^"]+)"/g)].map(([, , time]) => time!);
        expect(times.length).toBeGreaterThan(0);
        for (const time of times) {
          expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
          expect(Date.parse(time)).toBeLessThanOrEqual(Date.now() + 1000);
        }
      }),
      { numRuns: 15 },
    );
  });
});

function expectForm(name: string, declared: unknown, answer: unknown): void {
  if (!(declared instanceof z.ZodType)) throw new Error(`${name} declares no form.`);
  const { success, error } = declared.safeParse(answer);
  expect(success, `${name}: ${error?.message}`).toBe(true);
}
