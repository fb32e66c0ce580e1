import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { FanOut } from './live-hub.ts';
import type { Log } from './log.ts';

const channel = 'hearth:live';

/** News between servers through Redis: each hears all of it and picks what its own people listen to. */
export async function redisFanOut(redis: Redis, log: Log): Promise<FanOut & { close(): void }> {
  const origin = randomUUID();
  // A connection that listens can do nothing else.
  const listening = redis.duplicate({
    ...{ lazyConnect: true, autoResubscribe: true, enableOfflineQueue: true },
    // Its one command waits for Redis, however long.
    commandTimeout: undefined,
  });
  listening.on('error', (err) => log.debug({ err }, 'The connection that listens to Redis failed.'));
  const fanOut: FanOut = {
    send: (topic, text) => void redis.publish(channel, `${origin} ${topic} ${text}`).catch(() => undefined),
    receive: () => undefined,
  };
  listening.on('message', (_channel, message) => {
    const [from, topic] = message.split(' ', 2) as [string, string];
    if (from !== origin) fanOut.receive(topic, message.slice(from.length + topic.length + 2));
  });
  const subscribed = listening.connect().then(() => listening.subscribe(channel));
  await subscribed.catch(() => void listening.subscribe(channel).catch(() => undefined));
  return Object.assign(fanOut, { close: () => listening.disconnect() });
}
