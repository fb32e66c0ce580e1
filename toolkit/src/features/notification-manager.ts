import { type Clock, systemClock } from '../clock.ts';
import { consoleLog, type Log } from '../log.ts';
import { singleton } from '../singleton.ts';

/** Something that happened, as subscribers get it. */
export interface Notification {
  id: number;
  type: string;
  data: unknown;
  /** UTC, ISO 8601. */
  timestamp: string;
}

export type Subscriber = (notification: Notification) => unknown;

export interface NotificationManagerOptions {
  /** Notifications kept for `getNotifications`. Default 1000. */
  keep?: number;
  /** Told of subscribers that fail. Default: standard error. */
  log?: Log;
  /** Default `systemClock`. */
  clock?: Clock;
}

/** Tells subscribers what happened. One that throws, or whose promise rejects, is logged and harms nobody. */
export class NotificationManager {
  readonly #subscribers = new Map<string, Set<Subscriber>>();
  readonly #history: Notification[] = [];
  readonly #keep: number;
  readonly #log: Log;
  readonly #clock: Clock;
  #count = 0;

  constructor({ keep = 1000, log = consoleLog, clock = systemClock }: NotificationManagerOptions = {}) {
    this.#keep = keep;
    this.#log = log;
    this.#clock = clock;
  }

  /** Calls `subscriber` for each notification of `type`; `*` is every type. Returns what ends it. */
  subscribe(type: string, subscriber: Subscriber, { signal }: { signal?: AbortSignal } = {}): () => void {
    const subscribers = this.#subscribers.get(type) ?? new Set();
    const unsubscribe = () => void subscribers.delete(subscriber);
    if (signal?.aborted) return unsubscribe;
    this.#subscribers.set(type, subscribers.add(subscriber));
    signal?.addEventListener('abort', unsubscribe, { once: true });
    return unsubscribe;
  }

  /** Calls the subscribers in the order they came and keeps the notification. Waits for no promise of theirs. */
  notify(type: string, data?: unknown): Notification {
    const timestamp = new Date(this.#clock.now()).toISOString();
    const notification = { id: ++this.#count, type, data, timestamp };
    this.#history.push(notification);
    if (this.#history.length > this.#keep) this.#history.shift();
    const named = type === '*' ? [] : [...(this.#subscribers.get(type) ?? [])];
    for (const subscriber of [...named, ...(this.#subscribers.get('*') ?? [])])
      this.#tell(subscriber, notification);
    return notification;
  }

  /** The newest, latest first; of one type when given. */
  getNotifications(type?: string, { limit = 10 }: { limit?: number } = {}): Notification[] {
    const matching = type === undefined ? this.#history : this.#history.filter((n) => n.type === type);
    return matching.slice(Math.max(0, matching.length - limit)).reverse();
  }

  async #tell(subscriber: Subscriber, notification: Notification): Promise<void> {
    try {
      await subscriber(notification);
    } catch (error) {
      this.#log.warn({ type: notification.type, error }, 'A subscriber failed');
    }
  }
}

/** The program's one manager, for those who want one. */
export const getNotificationManager = singleton(
  (options?: NotificationManagerOptions) => new NotificationManager(options),
);
