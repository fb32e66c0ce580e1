import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { routes } from '@hearth/contract';
import { HealthChecker, ManualClock } from '@hearth/toolkit/reliability';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../testing/test-app.ts';
import { HealthService } from './health.service.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp({ setUp: false });
});
afterAll(() => test.close());
const { components } = routes.system;

it('is live and ready before anybody has set it up', async () => {
  for (const path of ['/health', '/health/live', '/health/ready']) {
    const answer = await fetch(test.url + path);
    expect(answer.status, path).toBe(200);
    expect(await answer.json(), path).toMatchObject({ status: 'healthy', service: 'hearth' });
  }
});

it('tells how each part is, to those who may see machines', async () => {
  const whole = await startTestApp();
  try {
    const { status, components: parts } = await whole.client(components, {});
    expect(status).toBe('healthy');
    expect(parts.map(({ name, essential }) => [name, essential])).toEqual([
      ['database', true],
      ['store', true],
      ['nodes', false],
      ['deployments', false],
    ]);
    expect(parts[1]?.detail.free_bytes).toBeGreaterThan(0);
    expect(parts[2]).toMatchObject({ status: 'healthy', detail: { known: 0, connected: 0 }, error: null });
    await expect(whole.clientOf()(components, {})).rejects.toMatchObject({ code: 'auth.required' });
  } finally {
    await whole.close();
  }
});

it('is live but not ready without its store', async () => {
  const store = join(test.config.home, 'server/store');
  await rm(store, { recursive: true, force: true });
  await writeFile(store, 'a file where the folder belongs');
  const ready = await fetch(`${test.url}/health/ready`);
  expect(ready.status).toBe(503);
  expect(ready.headers.get('retry-after')).toBe('2');
  expect(await ready.json()).toMatchObject({
    error: { code: 'service.unavailable', details: { components: ['store'] } },
  });
  for (const path of ['/health', '/health/live']) expect((await fetch(test.url + path)).status).toBe(200);
  await rm(store);
  expect((await fetch(`${test.url}/health/ready`)).status).toBe(200);
});

it('waits for no part longer than its time, and looks once for all who ask', async () => {
  const clock = new ManualClock();
  let looks = 0;
  const hanging = {
    name: 'database' as const,
    essential: true,
    check: () => {
      looks += 1;
      return new Promise<void>(() => undefined);
    },
  };
  const health = new HealthService([hanging], new HealthChecker({ timeoutMs: 5_000, clock }));
  const asked = [health.components(), health.components()];
  await clock.advance(5_000);
  for (const [part] of await Promise.all(asked))
    expect(part).toMatchObject({
      status: 'unhealthy',
      duration_ms: 5_000,
      error: 'no answer within 5000 ms',
    });
  expect(looks).toBe(1);
});
