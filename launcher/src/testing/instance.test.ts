import { mkdir, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { connectToInstance, instancePaths } from './instance.ts';

const paths = instancePaths(`hearth-tests-own-${process.pid}`);

const isUp = () =>
  stat(`${paths.socket}/.s.PGSQL.5432`).then(
    () => true,
    () => false,
  );

afterEach(() => rm(paths.root, { recursive: true, force: true }));

test('starts one instance for many, and stops it when all have gone', async () => {
  await mkdir(paths.root, { mode: 0o700 });
  const clients = await Promise.all([1, 2, 3].map(() => connectToInstance(paths, 400)));
  const starts = await Promise.all(
    clients.map(
      async ({ client }) => (await client.query('SELECT pg_postmaster_start_time()::text AS t')).rows[0].t,
    ),
  );
  expect(new Set(starts).size).toBe(1);
  await Promise.all(clients.slice(1).map(({ client }) => client.end()));
  await sleep(1_000);
  expect(await isUp()).toBe(true);
  await clients[0]!.client.end();
  await expect.poll(isUp, { timeout: 10_000 }).toBe(false);
});
