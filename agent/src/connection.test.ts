import type { AddressInfo } from 'node:net';
import { createConnection as createConnectionTo, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerMessage } from '@hearth/contract';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { Connection, type ConnectionOptions } from './connection.ts';
import { ScriptedServer } from './testing/scripted-server.ts';

const log = pino({ level: 'silent' });

async function connect(server: { url: string; tokens: Set<string> }, more: Partial<ConnectionOptions> = {}) {
  server.tokens.add('a token');
  const got: ServerMessage[] = [];
  const seen = { opened: 0, closed: 0, unauthorized: 0, waits: [] as number[], got };
  const connection = new Connection({
    serverUrl: server.url,
    token: async () => 'a token',
    onUnauthorized: () => seen.unauthorized++,
    onOpen: () => seen.opened++,
    onMessage: (message) => got.push(message),
    onClose: () => seen.closed++,
    log,
    wait: (attempt) => {
      seen.waits.push(attempt);
      return 10;
    },
    ...more,
  });
  connection.start();
  onTestFinished(() => connection.stop());
  return { connection, seen };
}

async function until(what: () => boolean): Promise<void> {
  for (const deadline = performance.now() + 5000; !what(); await sleep(5))
    if (performance.now() > deadline) throw new Error(`It never came to be: ${what}`);
}

/** A relay between agent and server whose line can go dead without either end being told. */
async function deadenableRelay(target: ScriptedServer) {
  const pairs: [Socket, Socket][] = [];
  const relay = createServer((near) => {
    const far = new URL(target.url);
    const onward = createConnectionTo(Number(far.port));
    pairs.push([near, onward]);
    near.pipe(onward).pipe(near);
    for (const socket of [near, onward]) socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
    relay.close();
  });
  const deaden = () => {
    for (const pair of pairs) for (const socket of pair) socket.unpipe().pause();
  };
  return { url: `http://127.0.0.1:${(relay.address() as AddressInfo).port}`, deaden };
}

it('dials again after every cut, waiting longer until the server has welcomed it', async () => {
  const server = await ScriptedServer.start();
  const { connection, seen } = await connect(server);
  await until(() => seen.opened === 1);
  for (const times of [2, 3]) {
    server.cut();
    await until(() => seen.opened === times);
  }
  expect(seen.waits).toEqual([1, 2]);
  connection.settled();
  server.cut();
  await until(() => seen.opened === 4);
  expect(seen.waits).toEqual([1, 2, 1]);
  expect(seen.closed).toBe(3);
});

it('comes back when the server does', async () => {
  const server = await ScriptedServer.start();
  const { connection, seen } = await connect(server);
  await until(() => seen.opened === 1);
  await server.stop();
  await until(() => seen.waits.length > 3);
  expect(connection.send({ type: 'inference.delta', requestId: crypto.randomUUID(), text: '' })).toBe(false);
  await server.listen();
  await until(() => seen.opened === 2);
});

it('notices a line that has gone dead', async () => {
  const server = await ScriptedServer.start();
  const relay = await deadenableRelay(server);
  const { seen } = await connect({ url: relay.url, tokens: server.tokens }, { silentMs: 200 });
  await until(() => seen.opened === 1);
  await sleep(500);
  expect(seen.closed).toBe(0);
  relay.deaden();
  const deadAt = performance.now();
  await until(() => seen.opened === 2);
  expect(performance.now() - deadAt).toBeLessThan(1000);
  expect(seen.closed).toBe(1);
});

it('tells of a token that is not accepted, and dials on', async () => {
  const server = await ScriptedServer.start();
  const { seen } = await connect({ url: server.url, tokens: new Set() });
  await until(() => seen.unauthorized >= 2);
  server.tokens.add('a token');
  await until(() => seen.opened === 1);
});

it('passes on what it understands and hangs up on what it does not', async () => {
  const server = await ScriptedServer.start();
  const { seen } = await connect(server);
  await until(() => seen.opened === 1);
  server.send({ type: 'problem', code: 'x', message: 'y' });
  await until(() => seen.got.length === 1);
  for (const nonsense of ['{', '"welcome"', '{"type":"welcome","jobs":"all"}', '{"type":"of tomorrow"}']) {
    const before = seen.opened;
    server.send(nonsense);
    await until(() => seen.opened === before + 1);
  }
  expect(seen.got).toEqual([{ type: 'problem', code: 'x', message: 'y' }]);
});

it('stays away once stopped', async () => {
  const server = await ScriptedServer.start();
  const { connection, seen } = await connect(server);
  await until(() => seen.opened === 1);
  connection.stop();
  await sleep(100);
  expect(server.connections).toBe(1);
  expect(seen.opened).toBe(1);
});
