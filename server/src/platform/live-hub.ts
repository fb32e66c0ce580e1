import type { LiveMessage, LiveTopic } from '@hearth/contract';

/** A listener of topics; it gets the message as the one text made for all. */
export interface Subscriber {
  send(text: string): void;
}

/** Who listens to which topic. `publish` is called after the commit of what it tells. */
export class LiveHub {
  readonly #topics = new Map<LiveTopic, Set<Subscriber>>();

  publish(topic: LiveTopic, message: LiveMessage): void {
    const subscribers = this.#topics.get(topic);
    if (!subscribers) return;
    const text = JSON.stringify(message);
    for (const subscriber of subscribers) subscriber.send(text);
  }

  /** Whether anybody listens; lets a publisher skip reading rows nobody would see. */
  hasSubscribers(topic: LiveTopic): boolean {
    return this.#topics.has(topic);
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
}
