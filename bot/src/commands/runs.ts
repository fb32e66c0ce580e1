import { Composer, type Context } from 'grammy';
import { type RunVerb, runButton } from '../buttons.ts';
import type { Follower } from '../following/follower.ts';
import { titleOf } from '../following/progress-text.ts';
import type { HearthApi } from '../hearth/hearth-api.ts';
import { acknowledge, put, say } from './answers.ts';
import { logText } from './log-text.ts';
import { runMenu, runMenuButton } from './run-menu.ts';

const LOG_LINES = 60;

interface RunCommandOptions {
  api: HearthApi;
  follower: Follower;
}

/** Stop a run, look at its log, follow it, go on with it. */
export function runCommands({ api, follower }: RunCommandOptions): Composer<Context> {
  const commands = new Composer();

  for (const verb of ['stop', 'logs', 'follow', 'resume'] as const)
    commands.command(verb, async (ctx) => put(ctx, await runMenu(api, verb, 0)));
  commands.callbackQuery(runMenuButton, async (ctx) => {
    const [, verb, page] = ctx.match as RegExpMatchArray;
    await acknowledge(ctx);
    await put(ctx, await runMenu(api, verb as RunVerb, Number(page)));
  });

  const followAnew = async (ctx: Context, sessionId: string) => {
    const { chat, message_id: messageId } = await ctx.reply('⏳ Обучение…');
    follower.follow(sessionId, { chatId: chat.id, messageId });
  };
  const actions: Record<RunVerb, (ctx: Context, sessionId: string) => Promise<void>> = {
    stop: async (ctx, sessionId) => {
      await api.stopTraining(sessionId);
      const { status, config } = await api.training(sessionId);
      const text = status === 'stopped' ? '⏹ Остановлено' : '⏹ Останавливается';
      await say(ctx, `${text}: ${titleOf(config)}`);
    },
    logs: async (ctx, sessionId) => {
      await ctx.reply(logText(sessionId, await api.logs(sessionId, LOG_LINES)), { parse_mode: 'HTML' });
    },
    follow: followAnew,
    resume: async (ctx, sessionId) => {
      await api.resumeTraining(sessionId);
      await followAnew(ctx, sessionId);
    },
  };
  commands.callbackQuery(runButton, async (ctx) => {
    const [, verb, sessionId] = ctx.match as RegExpMatchArray;
    await acknowledge(ctx, verb === 'stop' ? { text: 'Останавливаю…' } : {});
    await actions[verb as RunVerb](ctx, sessionId!);
  });
  return commands;
}
