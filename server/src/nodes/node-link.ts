import { randomUUID } from 'node:crypto';
import { AgentMessage, nodeProtocol, type ServerMessage } from '@hearth/contract';
import { z } from 'zod';
import type { Clock } from '../platform/clock.ts';
import { storable } from '../platform/storable.ts';
import type { Hello, OnlineNode, WorkMessage } from './nodes.types.ts';

/** What a link needs of a WebSocket; the library's own fits. */
export interface LinkSocket {
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number, reason: string): void;
  terminate(): void;
  pause(): void;
  resume(): void;
}

/** What happens to the messages of a link, decided by who made it. */
export interface LinkEvents {
  hello(link: NodeLink, hello: Hello): Promise<void>;
  message(link: NodeLink, message: WorkMessage): Promise<void>;
  inference(link: NodeLink, message: WorkMessage): void;
  brokenEvents(link: NodeLink, job: { jobId: string; leaseId: string }, reason: string): Promise<void>;
  failed(link: NodeLink, error: unknown): void;
}

const mostWaiting = 32;
const mostBufferedBytes = 64 * 1024 * 1024;
const BrokenEvents = z.object({ type: z.literal('job.events'), jobId: z.uuid(), leaseId: z.uuid() });

/** One agent's connection: parses what comes, keeps its order, slows a flood down, notices silence. */
export class NodeLink {
  readonly id = randomUUID();
  readonly nodeId: string;
  readonly #socket: LinkSocket;
  readonly #events: LinkEvents;
  readonly #clock: Clock;
  #heardAt: Date;
  #hello: Hello | undefined;
  #tail: Promise<void> = Promise.resolve();
  /** Journals under way: applied in their order, but not one commit after the other. */
  readonly #journals = new Set<Promise<void>>();
  #waiting = 0;
  #closed = false;
  constructor(nodeId: string, socket: LinkSocket, events: LinkEvents, clock: Clock) {
    this.nodeId = nodeId;
    this.#socket = socket;
    this.#events = events;
    this.#clock = clock;
    this.#heardAt = clock();
  }

  get heardAt(): Date {
    return this.#heardAt;
  }

  get facts(): OnlineNode {
    return {
      nodeId: this.nodeId,
      jobKinds: this.#hello?.jobKinds ?? [],
      engines: this.#hello?.engines ?? [],
      linkId: this.id,
      gpus: this.#hello?.machine.gpus.length ?? 0,
      address: this.#hello?.machine.addresses[0] ?? this.#hello?.machine.hostname ?? '',
    };
  }

  send(message: ServerMessage): void {
    if (this.#closed) return;
    if (this.#socket.bufferedAmount > mostBufferedBytes) this.close(1013, 'too slow a reader');
    else this.#socket.send(JSON.stringify(message));
  }

  receive(text: string): void {
    if (this.#closed) return;
    this.#heardAt = this.#clock();
    const value = parseJson(text);
    const parsed = AgentMessage.safeParse(value);
    if (parsed.success) this.#take(parsed.data);
    else this.#refuse(value, z.prettifyError(parsed.error).slice(0, 500));
  }

  #take(message: AgentMessage): void {
    if (message.type === 'hello') this.#greet(message);
    else if (!this.#hello) this.close(1008, 'say hello first');
    else if (message.type.startsWith('inference.')) this.#events.inference(this, message);
    else if (message.type === 'job.events') this.#begin(() => this.#events.message(this, message));
    else this.#queue(() => this.#events.message(this, message));
  }

  /** Closes a link that has been silent for too long, as half-open sockets are. Work in hand is no silence. */
  checkSilence(silentMs: number): void {
    if (this.#closed || this.#waiting > 0) return;
    if (this.#clock().getTime() - this.#heardAt.getTime() > silentMs) this.#socket.terminate();
  }

  close(code: number, reason: string): void {
    this.#closed = true;
    this.#socket.close(code, reason);
  }

  #greet(hello: Hello): void {
    if (this.#hello) {
      this.close(1008, 'said hello twice');
    } else if (hello.protocol !== nodeProtocol) {
      const message = `This server speaks node protocol ${nodeProtocol}, the agent ${hello.protocol}: update the older one.`;
      this.send({ type: 'problem', code: 'request.invalid', message });
      this.close(1008, 'protocol mismatch');
    } else {
      this.#hello = hello;
      this.#queue(() => this.#events.hello(this, hello));
    }
  }

  #refuse(value: unknown, reason: string): void {
    this.send({ type: 'problem', code: 'request.invalid', message: reason });
    const broken = BrokenEvents.safeParse(value);
    if (this.#hello && broken.success)
      this.#queue(() => this.#events.brokenEvents(this, broken.data, reason));
    else this.close(1008, 'a message that does not parse');
  }

  /** After all that came before. */
  #queue(work: () => Promise<void>): void {
    const before = Promise.all([this.#tail, ...this.#journals]);
    this.#tail = this.#counted(before.then(() => (this.#closed ? undefined : work())));
  }

  /** After what was queued before, but beside other journals: several go into one commit. */
  #begin(work: () => Promise<void>): void {
    const journal = this.#counted(this.#tail.then(() => (this.#closed ? undefined : work())));
    this.#journals.add(journal);
    void journal.finally(() => this.#journals.delete(journal));
  }

  #counted(work: Promise<void>): Promise<void> {
    this.#waiting += 1;
    if (this.#waiting === mostWaiting) this.#socket.pause();
    return work
      .catch((error: unknown) => this.#events.failed(this, error))
      .finally(() => {
        this.#waiting -= 1;
        if (this.#waiting === mostWaiting / 2) this.#socket.resume();
      });
  }
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return /\\u(0000|d[89a-f])/i.test(text) ? storable(value) : value;
  } catch {
    return undefined;
  }
}
