import type { ServerMessage } from '@hearth/contract';
import { nodeProtocol } from '@hearth/contract';
import { expect, it } from 'vitest';
import { machine, vitalsAt } from '../testing/scripted-agent.ts';
import { type LinkEvents, type LinkSocket, NodeLink } from './node-link.ts';

/** The port as a socket in memory would be. */
class MemorySocket implements LinkSocket {
  bufferedAmount = 0;
  readonly sent: ServerMessage[] = [];
  readonly calls: string[] = [];
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(code: number): void {
    this.calls.push(`close ${code}`);
  }
  terminate(): void {
    this.calls.push('terminate');
  }
  pause(): void {
    this.calls.push('pause');
  }
  resume(): void {
    this.calls.push('resume');
  }
}

function linkWith(events: Partial<LinkEvents>) {
  const socket = new MemorySocket();
  const time = { now: new Date(0) };
  const nothing = async () => undefined;
  const failed = () => undefined;
  const all = {
    hello: nothing,
    message: nothing,
    inference: failed,
    brokenEvents: nothing,
    failed,
    ...events,
  };
  const link = new NodeLink('n', socket, all, () => time.now);
  const hello = {
    type: 'hello',
    protocol: nodeProtocol,
    agentVersion: '1',
    machine,
    jobKinds: [],
    engines: [],
  };
  link.receive(JSON.stringify({ ...hello, jobs: [], deployments: [] }));
  return { link, socket, time };
}
const heartbeat = JSON.stringify({ type: 'heartbeat', vitals: vitalsAt(new Date(0)), leases: [] });

it('slows a node down that sends faster than can be applied, and calls its work no silence', async () => {
  const gate = Promise.withResolvers<void>();
  let applied = 0;
  const { link, socket, time } = linkWith({
    message: async () => {
      await gate.promise;
      applied += 1;
    },
  });
  await new Promise((resolve) => setImmediate(resolve));
  for (let frame = 0; frame < 40; frame += 1) link.receive(heartbeat);
  expect(socket.calls).toEqual(['pause']);
  time.now = new Date(60_000);
  link.checkSilence(8_000);
  expect(socket.calls).toEqual(['pause']);
  gate.resolve();
  await expect.poll(() => applied).toBe(40);
  expect(socket.calls).toEqual(['pause', 'resume']);
  link.checkSilence(8_000);
  expect(socket.calls).toEqual(['pause', 'resume', 'terminate']);
});

it('parts from a node that does not read', () => {
  const { link, socket } = linkWith({});
  socket.bufferedAmount = 65 * 1024 * 1024;
  link.send({ type: 'problem', code: 'internal', message: 'x' });
  expect(socket.calls).toEqual(['close 1013']);
  expect(socket.sent).toEqual([]);
});

it('lets streams pass what waits', async () => {
  const seen: string[] = [];
  const { link } = linkWith({
    message: () => new Promise(() => undefined),
    inference: (_link, message) => void seen.push(message.type),
  });
  link.receive(heartbeat);
  link.receive(JSON.stringify({ type: 'inference.delta', requestId: crypto.randomUUID(), text: 'a' }));
  expect(seen).toEqual(['inference.delta']);
});
