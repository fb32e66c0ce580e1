import type { ServerMessage } from '@hearth/contract';
import type { Clock } from '../platform/clock.ts';
import { isPassing } from '../platform/failures.ts';
import type { Log } from '../platform/log.ts';
import { type LinkEvents, type LinkSocket, NodeLink } from './node-link.ts';
import type { Hello, NodeListener, OnlineNode, WorkMessage } from './nodes.types.ts';

export interface LinkTimings {
  heartbeatMs: number;
  /** Without a frame for so long, a node counts as gone. */
  silentMs: number;
}
export const usualTimings: LinkTimings = { heartbeatMs: 2_000, silentMs: 8_000 };

/** The agents connected to this server: at most one connection a node, the newest. */
export class LinksService {
  readonly #links = new Map<string, NodeLink>();
  readonly #pending = new Set<NodeLink>();
  readonly #listeners: NodeListener[] = [];
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #timings: LinkTimings;
  constructor(clock: Clock, log: Log, timings: LinkTimings) {
    this.#clock = clock;
    this.#log = log;
    this.#timings = timings;
  }

  /** Listeners are asked in the order they were added. */
  listen(listener: NodeListener): void {
    this.#listeners.push(listener);
  }

  accept(nodeId: string, socket: LinkSocket): NodeLink {
    const link = new NodeLink(nodeId, socket, this.#events, this.#clock);
    this.#pending.add(link);
    return link;
  }

  /** The socket has closed. */
  forget(link: NodeLink): void {
    this.#pending.delete(link);
    if (this.#links.get(link.nodeId) !== link) return;
    this.#links.delete(link.nodeId);
    for (const listener of this.#listeners) listener.onOffline?.(link.nodeId);
  }

  /** False when the node is not connected here. */
  send(nodeId: string, message: ServerMessage): boolean {
    const link = this.#links.get(nodeId);
    link?.send(message);
    return link !== undefined;
  }

  online(): OnlineNode[] {
    return [...this.#links.values()].map((link) => link.facts);
  }

  isOnline(nodeId: string): boolean {
    return this.#links.has(nodeId);
  }

  heardAt(nodeId: string): Date | undefined {
    return this.#links.get(nodeId)?.heardAt;
  }

  disconnect(nodeId: string, reason: string): void {
    this.#links.get(nodeId)?.close(1008, reason);
  }

  close(): void {
    for (const link of [...this.#links.values(), ...this.#pending]) link.close(1012, 'the server restarts');
  }

  readonly #events: LinkEvents = {
    hello: (link, hello) => this.#welcome(link, hello),
    message: async (link, message) => this.#deliver(link, message),
    inference: (link, message) => {
      for (const listener of this.#listeners) listener.onInference?.(link.nodeId, message);
    },
    brokenEvents: async (link, job, reason) => {
      for (const listener of this.#listeners) await listener.onBrokenEvents?.(link.nodeId, job, reason);
    },
    // The agent comes back and sends again from what was acknowledged: the one place where a retry is safe.
    failed: (link, err) => {
      const isAway = isPassing(err);
      this.#log[isAway ? 'warn' : 'error'](
        { err, node: link.nodeId },
        'A message of a node could not be applied.',
      );
      link.close(isAway ? 1013 : 1011, 'try again');
    },
  };

  async #welcome(link: NodeLink, hello: Hello): Promise<void> {
    this.#links.get(link.nodeId)?.close(1008, 'replaced by a newer connection');
    this.#links.delete(link.nodeId);
    const welcome = {
      type: 'welcome' as const,
      nodeId: link.nodeId,
      heartbeatMs: this.#timings.heartbeatMs,
      jobs: [],
      deployments: [],
    };
    for (const listener of this.#listeners)
      Object.assign(welcome, await listener.onHello?.(link.nodeId, hello, link.id));
    if (!this.#pending.delete(link)) return;
    this.#links.set(link.nodeId, link);
    link.send(welcome);
    for (const listener of this.#listeners) listener.onOnline?.(link.nodeId);
  }

  async #deliver(link: NodeLink, message: WorkMessage): Promise<void> {
    for (const listener of this.#listeners) await listener.onMessage?.(link.nodeId, message);
  }

  /** Parts with those that have been silent for too long. */
  checkSilence(): void {
    for (const link of [...this.#links.values(), ...this.#pending]) link.checkSilence(this.#timings.silentMs);
  }
}
