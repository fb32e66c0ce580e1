import { ApiError, type LiveMessage } from '@hearth/contract';
import { expect, test } from 'vitest';
import { createLive, type LiveState, reconnectDelayMs, type Socket, topicOf } from './live.ts';

/** The server's end of a socket, as the contract describes it: it wants to be told who speaks first. */
class FakeSocket implements Socket {
  onopen: Socket['onopen'] = null;
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;
  readonly heard: { type: string; topic?: string; access_token?: string }[] = [];
  send(text: string): void {
    const message = JSON.parse(text);
    if (this.heard.length === 0 && message.type !== 'authenticate') throw new Error('not authenticated');
    this.heard.push(message);
    if (message.type === 'authenticate') this.say({ type: 'authenticated' });
    if (message.type === 'subscribe') this.say({ type: 'subscribed', topic: message.topic });
  }
  say(message: object): void {
    this.onmessage?.(new MessageEvent('message', { data: JSON.stringify(message) }));
  }
  cut(): void {
    this.onclose?.(new CloseEvent('close'));
  }
  close(): void {
    this.cut();
  }
}

function setUp(token: () => Promise<string | undefined> = async () => 'token') {
  const sockets: FakeSocket[] = [];
  const waiting: { work: () => void; delayMs: number }[] = [];
  const states: LiveState[] = [];
  const live = createLive({
    connect: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    token,
    random: () => 0.5,
    schedule: (work, delayMs) => {
      const entry = { work, delayMs };
      waiting.push(entry);
      return () => void waiting.splice(waiting.indexOf(entry), 1);
    },
  });
  live.onState((state) => states.push(state));
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  return { live, sockets, waiting, states, settle };
}

test('authenticates first, then subscribes; after a cut it subscribes again and tells its readers', async () => {
  const { live, sockets, waiting, states, settle } = setUp();
  let ready = 0;
  live.subscribe('nodes', { onMessage: () => undefined, onReady: () => ready++ });
  live.start();
  await settle();
  sockets[0]?.onopen?.(new Event('open'));
  expect(sockets[0]?.heard).toEqual([
    { type: 'authenticate', access_token: 'token' },
    { type: 'subscribe', topic: 'nodes' },
  ]);
  expect(ready).toBe(1);

  sockets[0]?.cut();
  expect(states).toEqual(['connecting', 'open', 'waiting']);
  waiting.shift()?.work();
  await settle();
  sockets[1]?.onopen?.(new Event('open'));
  expect(sockets[1]?.heard.map(({ type }) => type)).toEqual(['authenticate', 'subscribe']);
  expect(ready).toBe(2);
});

test('waits longer after each failure and starts over after a success', async () => {
  const { live, sockets, waiting, settle } = setUp();
  live.start();
  await settle();
  const delays: number[] = [];
  for (let i = 0; i < 8; i++) {
    sockets[sockets.length - 1]?.cut();
    delays.push(waiting[0]?.delayMs ?? Number.NaN);
    waiting.shift()?.work();
    await settle();
  }
  expect(delays.slice(0, 3)).toEqual([375, 750, 1500]);
  expect(Math.max(...delays)).toBe(11_250);
  const last = sockets[sockets.length - 1];
  last?.onopen?.(new Event('open'));
  last?.cut();
  expect(waiting[0]?.delayMs).toBe(375);
});

test('the delay stays between half and the whole of its step', () => {
  expect(reconnectDelayMs(0, 0)).toBe(250);
  expect(reconnectDelayMs(0, 1)).toBe(500);
  expect(reconnectDelayMs(50, 1)).toBe(15_000);
});

test('hurrying skips the wait; stopping calls it off', async () => {
  const { live, sockets, waiting, settle } = setUp();
  live.start();
  await settle();
  sockets[0]?.cut();
  live.hurry();
  await settle();
  expect(sockets).toHaveLength(2);
  sockets[1]?.cut();
  live.stop();
  expect(waiting).toEqual([]);
  await settle();
  expect(sockets).toHaveLength(2);
});

test('a message goes to the readers of its topic only, and nonsense to nobody', async () => {
  const { live, sockets, settle } = setUp();
  const heard: LiveMessage[] = [];
  const leave = live.subscribe('nodes', { onMessage: (message) => heard.push(message) });
  live.subscribe('pulls', { onMessage: () => expect.unreachable() });
  live.start();
  await settle();
  sockets[0]?.onopen?.(new Event('open'));
  const removed = { type: 'node.removed', id: '00000000-0000-4000-8000-000000000001' };
  sockets[0]?.say(removed);
  sockets[0]?.say({ type: 'node.updated', node: { id: 'not a node' } });
  sockets[0]?.onmessage?.(new MessageEvent('message', { data: '{' }));
  expect(heard).toEqual([removed]);
  leave();
  expect(sockets[0]?.heard[3]).toEqual({ type: 'unsubscribe', topic: 'nodes' });
});

test('one who joins a topic that is subscribed already is told at once', async () => {
  const { live, sockets, settle } = setUp();
  live.subscribe('runs', { onMessage: () => undefined });
  live.start();
  await settle();
  sockets[0]?.onopen?.(new Event('open'));
  let ready = 0;
  live.subscribe('runs', { onMessage: () => undefined, onReady: () => ready++ });
  expect(ready).toBe(1);
  expect(sockets[0]?.heard.filter(({ type }) => type === 'subscribe')).toHaveLength(1);
});

test('signed out it rests; without a network it tries again', async () => {
  const away = setUp(async () => undefined);
  away.live.start();
  await away.settle();
  expect(away.states).toEqual(['connecting', 'idle']);
  const refused = setUp(async () => {
    throw new ApiError(401, 'auth.required', 'no');
  });
  refused.live.start();
  await refused.settle();
  expect(refused.states).toEqual(['connecting', 'idle']);
  const lost = setUp(async () => {
    throw new ApiError(0, 'network', 'no');
  });
  lost.live.start();
  await lost.settle();
  expect(lost.states).toEqual(['connecting', 'waiting']);
});

test('every message about a subject has its topic', () => {
  const run_id = '0123456789abcdef0123456789abcdef';
  expect(topicOf({ type: 'run.points', run_id, points: [] })).toBe(`run:${run_id}`);
  expect(topicOf({ type: 'authenticated' })).toBeUndefined();
});
