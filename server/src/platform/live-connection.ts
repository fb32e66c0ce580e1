import type { ErrorCode, LiveMessage, LiveRequest, LiveTopic } from '@hearth/contract';
import type { WebSocket } from 'ws';
import type { PersonCaller } from './access.ts';
import type { LiveHub, Subscriber } from './live-hub.ts';
import { permissionOf } from './live-topics.ts';

/** Who may listen: asked with a token once, and again by id at every ping, for people get blocked. */
export interface LivePeople {
  identify(accessToken: string): Promise<PersonCaller | undefined>;
  find(id: string): Promise<PersonCaller | undefined>;
}

export interface LiveLimits {
  authenticateMs: number;
  pingMs: number;
  mostBufferedBytes: number;
  mostRequestsPerSecond: number;
  mostTopics: number;
}
const standard: LiveLimits = {
  authenticateMs: 5_000,
  pingMs: 15_000,
  mostBufferedBytes: 1024 * 1024,
  mostRequestsPerSecond: 50,
  mostTopics: 50,
};

/** One browser: waits for its token, then carries its topics; closes on nonsense, floods, silence and slowness. */
export class LiveConnection implements Subscriber {
  readonly #socket: WebSocket;
  readonly #hub: LiveHub;
  readonly #people: LivePeople;
  readonly #limits: LiveLimits;
  readonly #beforeSend: () => void;
  readonly #topics = new Set<LiveTopic>();
  readonly #untilAuthenticated: NodeJS.Timeout;
  readonly #pinging: NodeJS.Timeout;
  #caller: PersonCaller | undefined;
  #answered = true;
  #requests = { second: 0, count: 0 };
  #queue: Promise<void> = Promise.resolve();
  constructor(
    socket: WebSocket,
    hub: LiveHub,
    people: LivePeople,
    limits: Partial<LiveLimits>,
    beforeSend: () => void,
  ) {
    this.#socket = socket;
    this.#hub = hub;
    this.#people = people;
    this.#limits = { ...standard, ...limits };
    this.#beforeSend = beforeSend;
    this.#untilAuthenticated = setTimeout(
      () => this.close(1008, 'authenticate first'),
      this.#limits.authenticateMs,
    );
    this.#pinging = setInterval(() => {
      // The database being away for a while is no reason to cut people off.
      this.#ping().catch(() => undefined);
    }, this.#limits.pingMs);
  }

  /** Handles requests one after the other, in the order they came. */
  receive(request: LiveRequest | undefined): Promise<void> {
    if (this.#isFlood()) this.close(1008, 'too many requests');
    else if (!request) this.close(1008, 'not a request');
    else this.#queue = this.#queue.then(() => this.#handle(request));
    return this.#queue;
  }

  /** A published message; a reader a megabyte behind is cut off, since rows are whole and it may come back. */
  send(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > this.#limits.mostBufferedBytes) {
      this.close(1013, 'too slow');
      this.#socket.terminate();
      return;
    }
    this.#beforeSend();
    this.#socket.send(text);
  }

  isAlive(): void {
    this.#answered = true;
  }

  close(code: number, reason: string): void {
    this.ended();
    if (this.#socket.readyState <= this.#socket.OPEN) this.#socket.close(code, reason);
  }

  ended(): void {
    clearTimeout(this.#untilAuthenticated);
    clearInterval(this.#pinging);
    for (const topic of this.#topics) this.#hub.unsubscribe(topic, this);
    this.#topics.clear();
  }

  async #handle(request: LiveRequest): Promise<void> {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (request.type === 'authenticate') return this.#authenticate(request.access_token);
    if (!this.#caller) return this.close(1008, 'authenticate first');
    if (request.type === 'subscribe') this.#subscribe(this.#caller, request.topic);
    else this.#unsubscribe(request.topic);
  }

  async #authenticate(token: string): Promise<void> {
    const caller = await this.#people.identify(token);
    if (!caller || (this.#caller && this.#caller.id !== caller.id)) return this.close(1008, 'not signed in');
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    clearTimeout(this.#untilAuthenticated);
    this.#caller = caller;
    this.#say({ type: 'authenticated' });
  }

  #subscribe(caller: PersonCaller, topic: LiveTopic): undefined {
    const permission = permissionOf(topic);
    if (!caller.permissions.includes(permission))
      return this.#refuse('auth.forbidden', `This needs ${permission}.`);
    if (this.#topics.size >= this.#limits.mostTopics && !this.#topics.has(topic))
      return this.#refuse('request.rate_limited', 'Too many topics.');
    this.#topics.add(topic);
    this.#hub.subscribe(topic, this);
    this.#say({ type: 'subscribed', topic });
  }

  #unsubscribe(topic: LiveTopic): void {
    this.#topics.delete(topic);
    this.#hub.unsubscribe(topic, this);
  }

  #refuse(code: ErrorCode, message: string): undefined {
    this.#say({ type: 'problem', code, message });
  }

  #say(message: LiveMessage): void {
    this.send(JSON.stringify(message));
  }

  async #ping(): Promise<void> {
    if (!this.#answered) {
      this.ended();
      return this.#socket.terminate();
    }
    this.#answered = false;
    this.#socket.ping();
    if (this.#caller) await this.#checkAgain(this.#caller.id);
  }

  async #checkAgain(id: string): Promise<void> {
    const caller = await this.#people.find(id);
    if (!caller) return this.close(1008, 'not signed in');
    this.#caller = caller;
    for (const topic of this.#topics)
      if (!caller.permissions.includes(permissionOf(topic))) this.#unsubscribe(topic);
  }

  #isFlood(): boolean {
    const second = Math.floor(performance.now() / 1000);
    if (this.#requests.second !== second) this.#requests = { second, count: 0 };
    this.#requests.count += 1;
    return this.#requests.count > this.#limits.mostRequestsPerSecond;
  }
}
