import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { run } from '@grammyjs/runner';
import type { Bot } from 'grammy';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { listenForUpdates } from './webhook.ts';

export interface Receiver {
  /** Rejects when updates can no longer be received. */
  finished: Promise<void>;
  /** Resolves when what was taken up has been handled. */
  stop(): Promise<void>;
}

const WANTED = ['message', 'callback_query'] as const;

/** Takes updates up: by webhook where one is set, else by long polling. */
export async function receiveUpdates(bot: Bot, webhook: Config['webhook'], log: Log): Promise<Receiver> {
  if (webhook) return byWebhook(bot, webhook, log);
  await bot.api.deleteWebhook();
  const runner = run(bot, { runner: { silent: true, fetch: { allowed_updates: WANTED } } });
  log.info({ bot: bot.botInfo.username }, 'The bot asks for updates.');
  return { finished: runner.task() ?? Promise.resolve(), stop: () => runner.stop() };
}

async function byWebhook(bot: Bot, webhook: NonNullable<Config['webhook']>, log: Log): Promise<Receiver> {
  const secret = webhook.secret ?? randomBytes(32).toString('hex');
  const underWay = new Set<Promise<void>>();
  const server = await listenForUpdates({
    ...webhook,
    path: new URL(webhook.url).pathname,
    secret,
    onUpdate: (update) => {
      const done: Promise<void> = bot
        .handleUpdate(update)
        .catch(bot.errorHandler)
        .then(() => void underWay.delete(done));
      underWay.add(done);
    },
  });
  await bot.api.setWebhook(webhook.url, { secret_token: secret, allowed_updates: WANTED });
  const { port } = server.address() as AddressInfo;
  log.info({ url: webhook.url, port }, 'Telegram calls the bot.');
  return {
    finished: new Promise(() => undefined),
    async stop() {
      server.close();
      server.closeIdleConnections();
      await Promise.all(underWay);
    },
  };
}
