import { type LiveMessage, LiveMessage as Parsed } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type JobsApp, scriptOrder, startJobsApp } from '../testing/jobs-app.ts';
import { startRedis, type TestRedis } from '../testing/redis.ts';

let redis: TestRedis;
let one: JobsApp;
let other: JobsApp;
beforeAll(async () => {
  redis = await startRedis();
  const config = { redisUrl: redis.url, rateLimitPerMinute: 40, rateLimitPerCaller: 8 };
  one = await startJobsApp({ config });
  other = await startJobsApp({ config });
});
afterAll(async () => {
  await Promise.all([one.close(), other.close()]);
  await redis.close();
});

function listenOn(app: JobsApp) {
  const heard: LiveMessage[] = [];
  const subscriber = { send: (text: string) => heard.push(Parsed.parse(JSON.parse(text))) };
  app.live.subscribe('jobs', subscriber);
  return heard;
}
const nodeRemoved = () => ({ type: 'node.removed' as const, id: crypto.randomUUID() });

it('carries news to the people of another server, once, and not back', async () => {
  const [here, there] = [listenOn(one), listenOn(other)];
  const id = await one.jobs.enqueueAlone(scriptOrder());
  await one.jobs.cancel(id);
  await expect.poll(() => there.length).toBe(1);
  expect(there).toEqual(here);
  expect(there[0]).toMatchObject({ type: 'job.updated', job: { id, state: 'stopped' } });
});

it('counts the requests of all servers together, by address and by caller', async () => {
  const ask = (app: JobsApp, path: string, token?: string) =>
    fetch(`${app.url}${path}`, token ? { headers: { authorization: `Bearer ${token}` } } : {});
  const mine: number[] = [];
  for (let i = 0; i < 10; i += 1) mine.push((await ask(one, '/api/v1/me', one.adminToken)).status);
  expect(mine).toEqual([...Array(8).fill(200), 429, 429]);
  const statuses: number[] = [];
  for (let i = 0; i < 40; i += 1) {
    const answer = await ask(i % 2 ? one : other, '/api/v1/setup');
    statuses.push(answer.status);
    if (answer.status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  expect(statuses.filter((status) => status === 200)).toHaveLength(30);
});

it('answers though Redis hangs with its connections open', async () => {
  redis.signal('SIGSTOP');
  try {
    const answer = await fetch(`${one.url}/api/v1/setup`, { signal: AbortSignal.timeout(5000) });
    expect(answer.status).toBe(200);
  } finally {
    redis.signal('SIGCONT');
  }
});

it('goes on without Redis, and with it again when it is back', async () => {
  await redis.stop();
  expect((await fetch(`${one.url}/api/v1/setup`)).status).toBe(200);
  const here = listenOn(one);
  one.live.publish('jobs', nodeRemoved());
  expect(here).toHaveLength(1);
  await redis.start();
  const there = listenOn(other);
  await expect
    .poll(
      () => {
        one.live.publish('jobs', nodeRemoved());
        return there.length;
      },
      { timeout: 10_000, interval: 100 },
    )
    .toBeGreaterThan(0);
});
