import { join } from 'node:path';
import { sequentialize } from '@grammyjs/runner';
import { Api, Bot, type Context } from 'grammy';
import { ChatPartner } from './chat/chat-partner.ts';
import { Conversations } from './chat/conversations.ts';
import { refusals, tellFailures } from './commands/access.ts';
import { chatCommands } from './commands/chat.ts';
import { Dialogues } from './commands/dialogues.ts';
import { overviewCommands } from './commands/overview.ts';
import { runCommands } from './commands/runs.ts';
import { publicCommands, startCommands } from './commands/start.ts';
import { trainingCommands } from './commands/training.ts';
import type { Config } from './config.ts';
import { Follower } from './following/follower.ts';
import { HearthApi } from './hearth/hearth-api.ts';
import type { Log } from './log.ts';
import { HandledUpdates } from './state/handled-updates.ts';
import { ChatPace } from './telegram/chat-pace.ts';
import { waitOutFloods } from './telegram/flood-waits.ts';
import { receiveUpdates } from './telegram/receive-updates.ts';

export interface RunningBot {
  /** Rejects when updates can no longer be received. */
  finished: Promise<void>;
  stop(): Promise<void>;
}

/** Waits that tests shorten. */
export interface Tuning {
  pollMs?: number;
  editIntervalMs?: number;
  timeoutMs?: number;
}

/** Builds the bot's parts and starts it; resolves once it receives updates. */
export async function startBot(config: Config, log: Log, tuning: Tuning = {}): Promise<RunningBot> {
  const stopping = new AbortController();
  const client = { apiRoot: config.telegramUrl, timeoutSeconds: 60 };
  const bot = new Bot(config.token, { client });
  const pace = new ChatPace(tuning.editIntervalMs);
  bot.api.config.use(waitOutFloods(pace, stopping.signal, log));
  const desk = { api: bot.api, edits: new Api(config.token, client), pace, stopping: stopping.signal, log };
  const api = new HearthApi({ url: config.apiUrl, key: config.apiKey, timeoutMs: tuning.timeoutMs });
  const follower = new Follower({ api, desk, home: config.home, pollMs: tuning.pollMs });
  const dialogues = new Dialogues(config.home, log);
  const conversations = new Conversations(config.home, log);
  const partner = new ChatPartner(api, desk, conversations);
  const handled = new HandledUpdates(join(config.home, 'updates.json'), log);
  const isAdmin = (ctx: Context) => ctx.from !== undefined && config.adminIds.includes(ctx.from.id);

  bot.use(sequentialize((ctx: Context) => ctx.chat && String(ctx.chat.id)));
  bot.use(async (ctx, next) => {
    if (handled.claim(ctx.update.update_id)) await next();
  });
  const inPrivate = bot.chatType('private');
  inPrivate.use(tellFailures(log));
  inPrivate.use(startCommands({ isAdmin, dialogues }));
  const forAdmin = inPrivate.filter(isAdmin);
  forAdmin.use(overviewCommands(api));
  forAdmin.use(runCommands({ api, follower }));
  forAdmin.use(trainingCommands({ api, follower, dialogues }));
  inPrivate.filter((ctx) => !isAdmin(ctx)).use(refusals());
  inPrivate.use(chatCommands({ api, partner, conversations }));
  bot.catch(({ error }) => log.error({ err: error }, 'An update could not be handled.'));

  await bot.init();
  const receiver = await receiveUpdates(bot, config.webhook, log);
  follower.resume();
  await bot.api
    .setMyCommands(publicCommands)
    .catch((err: unknown) => log.warn({ err }, 'The menu was not set.'));
  return {
    finished: receiver.finished,
    async stop() {
      stopping.abort();
      await receiver.stop();
      await Promise.all([follower.stopped(), partner.stopped()]);
    },
  };
}
