import { Composer, type Context } from 'grammy';
import { menu, runButton } from '../buttons.ts';
import { describeFailure, isExpected } from '../hearth/failure.ts';
import type { Log } from '../log.ts';
import { isChatGone } from '../telegram/refusals.ts';
import { acknowledge, say } from './answers.ts';
import { datasetsButton } from './overview.ts';
import { runMenuButton } from './run-menu.ts';
import { trainButton } from './training-questions.ts';

export const adminOnly = '⛔ Эта функция доступна только администратору.';

const adminCommands = ['train', 'cancel', 'status', 'datasets', 'stop', 'logs', 'follow', 'resume'];

/** What everybody else gets in place of what only an administrator may do. */
export function refusals(): Composer<Context> {
  const commands = new Composer();
  const refuse = (ctx: Context) => say(ctx, adminOnly);
  commands.command(adminCommands, refuse);
  commands.hears([menu.train, menu.status, menu.datasets], refuse);
  commands.callbackQuery([trainButton, runButton, runMenuButton, datasetsButton], (ctx) =>
    acknowledge(ctx, { text: adminOnly, show_alert: true }),
  );
  return commands;
}

/** A failure becomes a sentence where the person waits for an answer; what is our own fault goes into the log too. */
export const tellFailures =
  (log: Log) =>
  async (ctx: Context, next: () => Promise<void>): Promise<void> => {
    try {
      await next();
    } catch (error) {
      // Who has blocked the bot is past hearing.
      if (isChatGone(error)) return;
      if (!isExpected(error))
        log.error({ err: error, update: ctx.update.update_id }, 'An update could not be handled.');
      await say(ctx, `${describeFailure(error)}.`);
    }
  };
