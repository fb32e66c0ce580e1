import type { LiveMessage, LiveTopic } from '@hearth/contract';

/** A listener of topics; it gets the message as the one text made for all. */
export interface Subscriber {
  send(text: string): void;
}

/** The way to other servers of the same product. */
export interface FanOut {
  send(topic: string, text: string): void;
  /** Set by who wants to hear what others send. */
  receive: (topic: string, text: string) => void;
}

/** Who listens to which topic. `publish` is called after the commit of what it tells. */
export class LiveHub {
  readonly #topics = new Map<string, Set<Subscriber>>();
  readonly #fanOut: FanOut | undefined;
  constructor(fanOut?: FanOut) {
    this.#fanOut = fanOut;
    if (fanOut) fanOut.receive = (topic, text) => this.#deliver(topic, text);
  }

  publish(topic: LiveTopic, message: LiveMessage): void {
    if (!this.hasSubscribers(topic)) return;
    const text = JSON.stringify(message);
    this.#deliver(topic, text);
    this.#fanOut?.send(topic, text);
  }

  /** Whether anybody may listen; lets a publisher skip reading rows nobody would see. */
  hasSubscribers(topic: LiveTopic): boolean {
    return this.#fanOut !== undefined || this.#topics.has(topic);
  }

  subscribe(topic: LiveTopic, subscriber: Subscriber): void {
    const subscribers = this.#topics.get(topic) ?? new Set();
    this.#topics.set(topic, subscribers.add(subscriber));
  }

  unsubscribe(topic: LiveTopic, subscriber: Subscriber): void {
    const subscribers = this.#topics.get(topic);
    subscribers?.delete(subscriber);
    if (subscribers?.size === 0) this.#topics.delete(topic);
  }

  #deliver(topic: string, text: string): void {
    for (const subscriber of this.#topics.get(topic) ?? []) subscriber.send(text);
  }
}
