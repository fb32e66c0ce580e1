import { once } from 'node:events';
import { liveSocketPath } from '@hearth/contract';
import { WebSocket } from 'ws';
import { cpuMicroseconds } from '../load.ts';
import { leastBytes, topic } from './news.ts';

/** How a server is talked to: its path, and what is said until it says that news will come. */
export interface Manner {
  path: string;
  /** The answer to each text of the server; none where there is nothing to say. */
  answer: (text: string) => string | undefined;
  /** What is said first, when nothing has been heard. */
  first?: string;
}
export const hearthManner = (token: string): Manner => ({
  path: liveSocketPath,
  first: JSON.stringify({ type: 'authenticate', access_token: token }),
  answer: (text) =>
    text.includes('"authenticated"') ? JSON.stringify({ type: 'subscribe', topic }) : undefined,
});
export const bareManner: Manner = { path: '/', first: topic, answer: () => undefined };
/** Engine.IO 4 and Socket.IO 5 as they are on the wire, so that all servers have the same light client. */
export const socketIoManner: Manner = {
  path: '/socket.io/?EIO=4&transport=websocket',
  answer: (text) => {
    if (text.startsWith('0')) return '40';
    if (text.startsWith('40')) return `42${JSON.stringify(['subscribe', topic])}`;
    return text === '2' ? '3' : undefined;
  },
};

/** Sockets that count what they hear. */
export class Listeners {
  readonly #sockets: WebSocket[] = [];
  #heard = 0;
  #enough: { count: number; done: () => void } | undefined;

  static async connect(port: number, manner: Manner, count: number): Promise<Listeners> {
    const listeners = new Listeners();
    for (let i = 0; i < count; i += 1) await listeners.#add(port, manner);
    return listeners;
  }

  async #add(port: number, { path, first, answer }: Manner): Promise<void> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
    this.#sockets.push(socket);
    const { promise: subscribed, resolve } = Promise.withResolvers<void>();
    // From the beginning: one server speaks first.
    socket.on('message', (data: Buffer) => {
      if (data.length > leastBytes) return this.#count();
      const text = String(data);
      if (text.includes('subscribed')) return resolve();
      const said = answer(text);
      if (said !== undefined) socket.send(said);
    });
    await once(socket, 'open');
    if (first !== undefined) socket.send(first);
    await subscribed;
  }

  #count(): void {
    this.#heard += 1;
    if (this.#heard === this.#enough?.count) this.#enough.done();
  }

  /** Orders news in portions, each when the last was heard by all; the server's CPU-µs per message and socket. */
  async cpuPerMessage(pid: number, port: number, total: number, together: number): Promise<number> {
    const portion = 200;
    const publish = async () => {
      const { promise: heard, resolve: done } = Promise.withResolvers<void>();
      this.#heard = 0;
      this.#enough = { count: portion * this.#sockets.length, done };
      await fetch(`http://127.0.0.1:${port}/publish?count=${portion}&together=${together}`);
      await heard;
    };
    await publish();
    const before = cpuMicroseconds(pid);
    for (let sent = 0; sent < total; sent += portion) await publish();
    return (cpuMicroseconds(pid) - before) / total / this.#sockets.length;
  }

  close(): void {
    for (const socket of this.#sockets) socket.terminate();
  }
}
