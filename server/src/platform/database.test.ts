import { connect, createServer, type Server, type Socket } from 'node:net';
import { routes } from '@hearth/contract';
import { testDatabase } from '@hearth/launcher/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../testing/test-app.ts';
import { openDatabase } from './database.ts';
import { createLog } from './log.ts';

/** A wire between the server and the real database that can be cut, and mended. */
function wireTo(socketPath: string) {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server: Server = createServer((near) => {
    if (isCut) return near.destroy();
    const far = connect(socketPath);
    for (const one of [near, far]) {
      sockets.add(one);
      one.on('error', () => one.destroy());
      one.on('close', () => sockets.delete(one));
    }
    near.pipe(far).pipe(near);
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

it('does not wait for ever for a database that has stopped answering', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as { port: number };
  const database = openDatabase(`postgres://x@127.0.0.1:${port}/x`, createLog('silent'));
  const started = performance.now();
  await expect(database.$client.query('select 1')).rejects.toThrow(/timeout/);
  expect(performance.now() - started).toBeLessThan(5_000);
  await database.$client.end();
  silent.close();
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
