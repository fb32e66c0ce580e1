import websocket from '@fastify/websocket';
import { type LiveMessage, LiveMessage as LiveMessageSchema, liveSocketPath, routes } from '@hearth/contract';
import Fastify from 'fastify';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startTestApp, type TestApp } from '../testing/test-app.ts';
import { liveGateway } from './live.gateway.ts';
import { LiveHub } from './live-hub.ts';

let test: TestApp;
const open: WebSocket[] = [];
beforeAll(async () => {
  test = await startTestApp();
});
afterEach(() => {
  for (const socket of open.splice(0)) socket.terminate();
});
afterAll(() => test.close());

function connect(url = test.url) {
  const socket = new WebSocket(url.replace('http', 'ws') + liveSocketPath);
  open.push(socket);
  const messages: LiveMessage[] = [];
  socket.on('message', (data) => messages.push(LiveMessageSchema.parse(JSON.parse(String(data)))));
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
  const ready = new Promise((resolve) => socket.on('open', resolve));
  const send = (message: object) => socket.send(JSON.stringify(message));
  return { socket, messages, closed, ready, send };
}

async function signedIn(access_token = test.adminToken) {
  const connection = connect();
  await connection.ready;
  connection.send({ type: 'authenticate', access_token });
  await expect.poll(() => connection.messages).toContainEqual({ type: 'authenticated' });
  return connection;
}
const gone = (id = '00000000-0000-4000-8000-000000000000'): LiveMessage => ({ type: 'node.removed', id });

it('carries a topic to those who subscribed, and only while they do', async () => {
  const [one, two] = [await signedIn(), await signedIn()];
  one.send({ type: 'subscribe', topic: 'nodes' });
  await expect.poll(() => one.messages).toContainEqual({ type: 'subscribed', topic: 'nodes' });
  test.live.publish('nodes', gone());
  await expect.poll(() => one.messages).toContainEqual(gone());
  one.send({ type: 'unsubscribe', topic: 'nodes' });
  await expect.poll(() => test.live.hasSubscribers('nodes')).toBe(false);
  test.live.publish('nodes', gone());
  expect(one.messages.filter((message) => message.type === 'node.removed')).toHaveLength(1);
  expect(two.messages).toEqual([{ type: 'authenticated' }]);
});

it('forgets those who left', async () => {
  const one = await signedIn();
  one.send({ type: 'subscribe', topic: 'run:0123456789abcdef0123456789abcdef' });
  await expect.poll(() => test.live.hasSubscribers('run:0123456789abcdef0123456789abcdef')).toBe(true);
  one.socket.terminate();
  await expect.poll(() => test.live.hasSubscribers('run:0123456789abcdef0123456789abcdef')).toBe(false);
});

it('refuses topics a role may not see, and keeps the connection', async () => {
  const body = { email: 'u@hearth.test', password: 'long enough', name: 'U', role: 'user' as const };
  await test.client(routes.identity.createUser, { body });
  const { access_token } = await test.clientOf()(routes.identity.login, { body });
  const user = await signedIn(access_token);
  user.send({ type: 'subscribe', topic: 'runs' });
  await expect.poll(() => user.messages.at(-1)).toMatchObject({ type: 'problem', code: 'auth.forbidden' });
  user.send({ type: 'subscribe', topic: 'deployments' });
  await expect.poll(() => user.messages.at(-1)).toEqual({ type: 'subscribed', topic: 'deployments' });
  expect(test.live.hasSubscribers('runs')).toBe(false);
});

it.each([
  ['a subscription before the token', '{"type":"subscribe","topic":"nodes"}'],
  ['a wrong token', '{"type":"authenticate","access_token":"nonsense"}'],
  ['an API key', '{"type":"authenticate","access_token":"hk_nonsense"}'],
  ['what is no JSON', '{'],
  ['an unknown request', '{"type":"shout"}'],
  ['an unknown topic', '{"type":"subscribe","topic":"run:x"}'],
  ['what is too long', JSON.stringify({ type: 'authenticate', access_token: 'x', more: 'x'.repeat(9000) })],
  ['binary', Buffer.from([1, 2, 3])],
])('closes on %s', async (_name, message) => {
  const one = connect();
  await one.ready;
  one.socket.send(message);
  expect((await one.closed).code).toBe(1008);
  expect(one.messages).toEqual([]);
});

it('closes on a flood, and only the flooding socket', async () => {
  const [flood, calm] = [await signedIn(), await signedIn()];
  for (let i = 0; i < 200; i += 1) flood.send({ type: 'unsubscribe', topic: 'nodes' });
  expect(await flood.closed).toEqual({ code: 1008, reason: 'too many requests' });
  calm.send({ type: 'subscribe', topic: 'nodes' });
  await expect.poll(() => calm.messages.at(-1)).toEqual({ type: 'subscribed', topic: 'nodes' });
});

async function gatewayWith(limits: Parameters<typeof liveGateway>[3], isActive = () => true) {
  const app = Fastify();
  const hub = new LiveHub();
  const person = {
    kind: 'person' as const,
    id: 'p',
    ownerId: 'p',
    name: 'p',
    permissions: ['nodes.read' as const],
  };
  const find = async () => (isActive() ? person : undefined);
  await app.register(websocket);
  app.register(async (scope) => liveGateway(scope, hub, { identify: find, find }, limits));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { app, hub, url };
}

it('closes those who do not say who they are', async () => {
  const { app, url } = await gatewayWith({ authenticateMs: 50 });
  expect(await connect(url).closed).toEqual({ code: 1008, reason: 'authenticate first' });
  await app.close();
});

it('ends a connection that is silent, and one whose person was blocked', async () => {
  let isActive = true;
  const { app, url } = await gatewayWith({ pingMs: 60 }, () => isActive);
  const silent = connect(url);
  await silent.ready;
  silent.socket.pong = () => undefined;
  expect((await silent.closed).code).toBe(1006);
  const blocked = connect(url);
  await blocked.ready;
  blocked.send({ type: 'authenticate', access_token: 't' });
  await expect.poll(() => blocked.messages).toContainEqual({ type: 'authenticated' });
  isActive = false;
  expect(await blocked.closed).toEqual({ code: 1008, reason: 'not signed in' });
  await app.close();
});

it('cuts off a reader who falls a megabyte behind, and holds no more for it', async () => {
  const { app, url, hub } = await gatewayWith({ mostBufferedBytes: 1024 * 1024 });
  const [slow, fast] = [connect(url), connect(url)];
  for (const one of [slow, fast]) {
    await one.ready;
    one.send({ type: 'authenticate', access_token: 't' });
    one.send({ type: 'subscribe', topic: 'nodes' });
    await expect.poll(() => one.messages.at(-1)).toEqual({ type: 'subscribed', topic: 'nodes' });
  }
  slow.socket.pause();
  const server = [...app.websocketServer.clients];
  const most = () => Math.max(...server.map((socket) => socket.bufferedAmount));
  let seen = 0;
  const text = JSON.stringify(gone());
  const many = Math.ceil((12 * 1024 * 1024) / text.length / 1000);
  for (let i = 0; i < many && app.websocketServer.clients.size === 2; i += 1) {
    for (let j = 0; j < 1000; j += 1) hub.publish('nodes', gone());
    seen = Math.max(seen, most());
    await new Promise((resolve) => setImmediate(resolve));
  }
  await expect.poll(() => app.websocketServer.clients.size).toBe(1);
  expect(seen).toBeLessThan(1.2 * 1024 * 1024);
  expect(fast.socket.readyState).toBe(WebSocket.OPEN);
  slow.socket.resume();
  expect([1006, 1013]).toContain((await slow.closed).code);
  await app.close();
});
