import { totalmem } from 'node:os';
import { routes } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

let test: TestApp;
let now = Date.now();
beforeAll(async () => {
  test = await startTestApp({ clock: () => new Date(now) });
});
afterAll(() => test.close());

it('measures this machine, and again only after five seconds', async () => {
  const read = () => test.client(routes.system.info, {});
  const first = await read();
  expect(first.memory_total_mb).toBeCloseTo(totalmem() / 1024 ** 2, 0);
  expect(first.memory_used_mb).toBeGreaterThan(0);
  expect(first.memory_percent).toBeLessThanOrEqual(100);
  expect(first.disk_free_gb).toBeLessThanOrEqual(first.disk_total_gb);
  now += 4_999;
  expect((await read()).timestamp).toBe(first.timestamp);
  now += 2;
  expect((await read()).timestamp).not.toBe(first.timestamp);
});
