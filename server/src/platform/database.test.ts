import { connect, createServer, type Server, type Socket } from 'node:net';
import { routes } from '@hearth/contract';
import { testDatabase } from '@hearth/launcher/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../testing/test-app.ts';
import { openDatabase, waitForDatabase } from './database.ts';
import { isDatabaseUnreachable } from './failures.ts';
import { createLog } from './log.ts';

/** A wire between the server and the real database that can be cut, and mended. */
function wireTo(socketPath: string) {
  const sockets = new Set<Socket>();
  let isCut = false;
  let isFrozen = false;
  const server: Server = createServer((near) => {
    if (isCut) return near.destroy();
    const far = connect(socketPath);
    for (const one of [near, far]) {
      sockets.add(one);
      one.on('error', () => one.destroy());
      one.on('close', () => sockets.delete(one));
    }
    near.pipe(far).pipe(near);
    if (isFrozen) for (const one of [near, far]) one.pause();
  });
  return {
    listen: () => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)),
    port: () => (server.address() as { port: number }).port,
    cut: () => {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    mend: () => {
      isCut = false;
    },
    freeze: () => {
      isFrozen = true;
      for (const socket of sockets) socket.pause();
    },
    thaw: () => {
      isFrozen = false;
      for (const socket of sockets) socket.resume();
    },
    close: () => server.close(),
  };
}

let test: TestApp;
let wire: ReturnType<typeof wireTo>;
beforeAll(async () => {
  const probe = await testDatabase();
  const socket = new URL(probe.url).searchParams.get('host');
  await probe.drop();
  wire = wireTo(`${socket}/.s.PGSQL.5432`);
  await wire.listen();
  test = await startTestApp({ throughPort: wire.port() });
});
afterAll(async () => {
  wire.mend();
  await test.close();
  wire.close();
});

const health = () => fetch(`${test.url}/health`);

it('answers 503 with Retry-After while the database is away, and 200 soon after it is back', async () => {
  expect((await health()).status).toBe(200);
  wire.cut();
  for (const path of ['/health', '/api/v1/admin/users']) {
    const answer = await fetch(test.url + path, { headers: { authorization: `Bearer ${test.adminToken}` } });
    expect(answer.status, path).toBe(503);
    expect(answer.headers.get('retry-after'), path).toBe('2');
    expect(await answer.json(), path).toEqual({
      error: {
        code: 'service.unavailable',
        message: 'The database cannot be reached just now.',
        details: {},
      },
    });
  }
  wire.mend();
  const mended = performance.now();
  await expect.poll(async () => (await health()).status, { timeout: 5_000 }).toBe(200);
  expect(performance.now() - mended).toBeLessThan(2_000);
});

it('says within seconds that a frozen database does not answer, and goes on where it thaws', async () => {
  expect((await health()).status).toBe(200);
  wire.freeze();
  const frozen = performance.now();
  const answers = await Promise.all([health(), health(), health()]);
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
  expect(performance.now() - frozen).toBeLessThan(8_000);
  wire.thaw();
  const thawed = performance.now();
  await expect.poll(async () => (await health()).status, { timeout: 5_000 }).toBe(200);
  expect(performance.now() - thawed).toBeLessThan(2_000);
});

it('survives a connection that dies in the middle of a transaction', async () => {
  const work = test.database.transaction(async (tx) => {
    await tx.execute('select 1');
    wire.cut();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await tx.execute('select 1');
  });
  await expect(work).rejects.toThrow();
  wire.mend();
  await expect.poll(async () => (await health()).status, { timeout: 5_000 }).toBe(200);
});

it('goes on after transactions that found the database frozen', async () => {
  const database = openDatabase(test.config.databaseUrl, createLog('silent'), 300);
  const begin = () => database.transaction((tx) => tx.execute('select 1'));
  await Promise.all(Array.from({ length: 10 }, begin));
  wire.freeze();
  const failed = await Promise.allSettled(Array.from({ length: 10 }, begin));
  expect(new Set(failed.map(({ status }) => status))).toEqual(new Set(['rejected']));
  wire.thaw();
  await Promise.all(Array.from({ length: 10 }, begin));
  await database.close();
});

it('gives up what takes too long in the database too, where it would be done after all', async () => {
  const database = openDatabase(test.config.databaseUrl, createLog('silent'), 300);
  await database.execute('create table late (id int)');
  const insert = 'insert into late values (1)';
  await test.database.transaction(async (tx) => {
    await tx.execute('lock table late in exclusive mode');
    await expect(database.execute(insert)).rejects.toThrow();
    await expect(database.$prepared.query(insert)).rejects.toThrow();
    const work = database.transaction((inner) => inner.execute(insert));
    await expect(work).rejects.toSatisfy(isDatabaseUnreachable);
  });
  await database.transaction((tx) => tx.execute('select 1'));
  expect((await database.execute('select * from late')).rows).toEqual([]);
  await database.close();
});

it('does not wait for ever for a database that has stopped answering', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as { port: number };
  const database = openDatabase(`postgres://x@127.0.0.1:${port}/x`, createLog('silent'));
  const started = performance.now();
  await expect(database.$client.query('select 1')).rejects.toThrow(/timeout/);
  expect(performance.now() - started).toBeLessThan(5_000);
  await database.close();
  silent.close();
});

it('waits for a database that is still starting, and not for ever', async () => {
  const log = createLog('silent');
  const away = openDatabase('postgres://x@127.0.0.1:1/x', log);
  await expect(waitForDatabase(away, log, 400)).rejects.toThrow(/ECONNREFUSED/);
  await away.close();
  wire.cut();
  setTimeout(() => wire.mend(), 700);
  await waitForDatabase(test.database, log, 10_000);
});

it('writes audit rows that waited for the database', async () => {
  wire.cut();
  test.audit.record({ actor: 'test', action: 'test.waited' });
  await test.audit.flush();
  wire.mend();
  await test.audit.flush();
  const { items } = await test.client(routes.identity.audit, { query: { action: 'test.waited' } });
  expect(items).toHaveLength(1);
});
