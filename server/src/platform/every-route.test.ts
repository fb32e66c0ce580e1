import { ErrorBody, OpenAiErrorBody, type Route, routes, ScriptErrorBody, urlOf } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { handledRoutes } from '../testing/declared.ts';
import { readRefusal } from '../testing/refusal.ts';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

const plausible: Record<string, string> = {
  id: '00000000-0000-4000-8000-000000000000',
  name: 'thing',
  script_name: 'thing.py',
  session_id: 'sess_0123456789ab',
  sha256: '0'.repeat(64),
};
const urlFor = (route: Route, params = plausible) => test.url + urlOf(route, { params });

async function call(route: Route, url: string, init: RequestInit = {}) {
  const response = await fetch(url, { method: route.method, ...init });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

function expectEnvelope(route: Route, text: string, name: string) {
  const refusal = readRefusal(route.family ?? 'v1', text);
  expect(text, name).not.toMatch(/node_modules|\.ts:\d|select |insert |postgres|at .*\(/i);
  return refusal;
}

const strangers: Record<string, string>[] = [
  {},
  { authorization: 'Bearer nonsense' },
  { 'x-api-key': 'hk_nonsense' },
];

it('answers every route that the contract declares, of every family', () => {
  const declared = Object.values(routes).flatMap((group) => Object.values<Route>(group));
  const handled = handledRoutes(test.app).map(([, route]) => route);
  expect(declared.filter((route) => !handled.includes(route)).map(({ path }) => path)).toEqual([]);
  const families = new Set(handled.map(({ family }) => family ?? 'v1'));
  expect([...families].sort()).toEqual(['mlflow', 'openai', 'scripts', 'v1']);
});

it('answers 401 in the right envelope on every route that is not public', async () => {
  const guarded = handledRoutes(test.app).filter(([, route]) => route.access !== 'public');
  expect(guarded.length).toBeGreaterThan(10);
  for (const [name, route] of guarded)
    for (const headers of strangers) {
      const { status, text } = await call(route, urlFor(route), { headers });
      expect(status, name).toBe(401);
      const code = route.family === 'mlflow' ? 'UNAUTHENTICATED' : 'auth.required';
      expect(expectEnvelope(route, text, name).code, name).toBe(code);
    }
});

it('answers 4xx to malformed bodies on every route that reads one', async () => {
  const headers = { authorization: `Bearer ${test.adminToken}`, 'content-type': 'application/json' };
  const bodies = ['{', '[]', '"text"', 'null', '7', '{"__proto__":{"a":1}}', '{}', '{"a":"\\u0000"}'];
  for (const [name, route] of handledRoutes(test.app)) {
    if (!route.body || typeof route.body === 'string') continue;
    // Those only a job or a node may call are refused before a body is looked at.
    if (route.access === 'job' || route.access === 'node') continue;
    const takesNothing = route.body.safeParse({}).success;
    for (const body of bodies.filter((one) => !(takesNothing && (one === '{}' || one.startsWith('{"a"'))))) {
      const { status, text } = await call(route, urlFor(route), { headers, body });
      const invalid = route.family === 'scripts' ? 422 : 400;
      expect([invalid, 429], `${name} ${body}: ${text}`).toContain(status);
      expectEnvelope(route, text, name);
    }
    const large = JSON.stringify({ a: 'x'.repeat(6_000_000) });
    expect((await call(route, urlFor(route), { headers, body: large })).status, name).toBe(413);
    const media = { ...headers, 'content-type': 'text/plain' };
    expect((await call(route, urlFor(route), { headers: media, body: 'x' })).status, name).toBe(415);
  }
}, 120_000);

it('answers 4xx to odd parameters and queries, and names the field', async () => {
  const headers = { authorization: `Bearer ${test.adminToken}` };
  const odd = ['%00', '..%2f..%2fetc', '%F0%9F%92%A9', "';--", '-rf', 'x'.repeat(290), '%E0%A4%A'];
  for (const [name, route] of handledRoutes(test.app)) {
    if (!route.params) continue;
    for (const value of odd) {
      const url = test.url + route.path.replace(/:[a-z0-9_]+/gi, value);
      const { status, text } = await call(route, url, { headers });
      expect(status, `${name} ${value}: ${text}`).toBeGreaterThanOrEqual(400);
      expect(status, `${name} ${value}: ${text}`).toBeLessThan(500);
      expectEnvelope(route, text, `${name} ${value}`);
    }
  }
  const { status, text } = await call(
    { method: 'GET' } as Route,
    `${test.url}/api/v1/admin/audit?limit=0&cursor=%00`,
    { headers },
  );
  expect(status).toBe(400);
  expect(ErrorBody.parse(JSON.parse(text)).error.details).toMatchObject({
    fields: [{ path: 'query.limit' }],
  });
});

it('refuses what a database cannot store as the mistake of the caller', async () => {
  const headers = { authorization: `Bearer ${test.adminToken}`, 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: '{"name":"a\\u0000b"}' };
  const response = await fetch(`${test.url}/api/v1/api-keys`, init);
  expect(response.status).toBe(400);
  expect(ErrorBody.parse(await response.json()).error.code).toBe('request.invalid');
});

it('answers JSON 404s for unknown API paths, in the family of the path', async () => {
  const own = await fetch(`${test.url}/api/v1/nope`, { headers: { accept: 'text/html' } });
  expect(own.status).toBe(404);
  expect(ErrorBody.parse(await own.json()).error.code).toBe('route.not_found');
  const openAi = await fetch(`${test.url}/v1/nope`, { method: 'POST' });
  expect(openAi.status).toBe(404);
  expect(OpenAiErrorBody.parse(await openAi.json()).error.type).toBe('not_found_error');
  const scripts = await fetch(`${test.url}/ml/nope`);
  expect(scripts.status).toBe(404);
  expect(ScriptErrorBody.parse(await scripts.json()).details.code).toBe('route.not_found');
});
