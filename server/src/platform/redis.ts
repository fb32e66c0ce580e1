import { Redis } from 'ioredis';
import type { Log } from './log.ts';

/** One that hangs is no better than one that is gone: requests go on without it. */
const commandTimeout = 500;

/**
 * A connection that comes back by itself. While there is none, commands fail at once instead of waiting: what goes
 * through Redis is either lost with it (news) or not needed to answer (counting requests).
 */
export async function openRedis(url: string, log: Log): Promise<Redis> {
  const { protocol, pathname } = new URL(url);
  const options = { lazyConnect: true, enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout };
  const redis = protocol === 'unix:' ? new Redis({ ...options, path: pathname }) : new Redis(url, options);
  let isAway = false;
  redis.on('error', (err) => {
    if (!isAway)
      log.warn({ err }, 'Redis cannot be reached: limits are not counted, news stay on this server.');
    isAway = true;
  });
  redis.on('ready', () => {
    if (isAway) log.info('Redis is back.');
    isAway = false;
  });
  // It need not be there for the server to start.
  await redis.connect().catch(() => undefined);
  return redis;
}
