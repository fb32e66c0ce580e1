import { routes } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../testing/test-app.ts';
import { EventLoop } from './event-loop.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());
const read = () => test.client(routes.system.diagnostics, {});

it('counts the answers of each declared route, and of no other', async () => {
  for (let i = 0; i < 3; i += 1) await test.client(routes.identity.me, {});
  await fetch(`${test.url}/api/v1/me`);
  for (const path of ['/api/v1/nowhere', '/api/v1/models/nothing']) await fetch(test.url + path);
  const { routes: seen } = await read();
  const me = seen.find(({ route }) => route === 'GET /api/v1/me');
  expect(me).toMatchObject({ count: 4, errors: 0, refusals: 1 });
  expect(me?.p50_ms).toBeGreaterThan(0);
  expect(me?.p99_ms).toBeLessThanOrEqual(me?.max_ms ?? 0);
  expect(seen.map(({ route }) => route).filter((route) => /nothing|nowhere/.test(route))).toEqual([]);
  expect(seen.map(({ p95_ms }) => p95_ms)).toEqual(
    seen.map(({ p95_ms }) => p95_ms).toSorted((a, b) => b - a),
  );
});

it('remembers failures by code and route, with the request they can be found by, and no query', async () => {
  await test.database.$client.query('alter table settings rename to settings_away');
  const requests: (string | null)[] = [];
  for (let i = 0; i < 2; i += 1) {
    const headers = { authorization: `Bearer ${test.adminToken}` };
    const answer = await fetch(`${test.url}/api/v1/admin/settings`, { headers });
    expect(answer.status).toBe(500);
    requests.unshift(answer.headers.get('x-request-id'));
  }
  await test.database.$client.query('alter table settings_away rename to settings');
  const { errors, routes: seen } = await read();
  const route = 'GET /api/v1/admin/settings';
  expect(errors).toMatchObject({ total: 2, top: [{ code: 'internal', route, count: 2 }] });
  expect(errors.recent.map(({ request_id }) => request_id)).toEqual(requests);
  expect(errors.recent[0]?.message).toBe('error: relation "settings" does not exist');
  expect(seen.find((one) => one.route === route)).toMatchObject({ count: 2, errors: 2 });
});

it('tells of the process and of what it does by itself', async () => {
  const { process: own, tasks } = await read();
  expect(own.memory_bytes).toBeGreaterThan(own.heap_bytes);
  expect(own.event_loop_delay).toBeNull();
  expect(tasks.map(({ name }) => name)).toEqual(expect.arrayContaining(['leases', 'audit-rows', 'vitals']));
  expect(tasks.every(({ failures }) => failures === 0)).toBe(true);
});

it('measures how late the event loop is', async () => {
  const loop = new EventLoop();
  await new Promise((resolve) => setTimeout(resolve, 60));
  const until = performance.now() + 80;
  while (performance.now() < until);
  await new Promise((resolve) => setTimeout(resolve, 30));
  loop.turn();
  const { event_loop_delay: delay, event_loop_busy: busy } = loop.reading();
  expect(delay?.max_ms).toBeGreaterThan(50);
  expect(delay?.max_ms).toBeLessThan(2_000);
  expect(busy).toBeGreaterThan(0.2);
  loop.close();
});
