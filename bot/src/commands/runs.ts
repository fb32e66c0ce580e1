import type { TrainingRun } from '@hearth/contract';
import { Composer, type Context, InlineKeyboard } from 'grammy';
import { type RunVerb, runButton, runKeyboard } from '../buttons.ts';
import type { Follower } from '../following/follower.ts';
import { titleOf } from '../following/progress-text.ts';
import type { HearthApi } from '../hearth/hearth-api.ts';
import { acknowledge, say } from './answers.ts';
import { logText } from './log-text.ts';

const LISTED = 10;
const LOG_LINES = 60;

const isActive = ({ status }: TrainingRun) => status === 'running' || status === 'queued';

interface RunCommandOptions {
  api: HearthApi;
  follower: Follower;
}

/** Buttons for each of several runs, one row a run. */
export function runsKeyboard(runs: TrainingRun[], verbs: RunVerb[]): InlineKeyboard {
  const rows = runs.flatMap((run) => runKeyboard(run.session_id, verbs, titleOf(run.config)).inline_keyboard);
  return InlineKeyboard.from(rows);
}

/** Stop a run, look at its log, follow it, go on with it. */
export function runCommands({ api, follower }: RunCommandOptions): Composer<Context> {
  const commands = new Composer();

  const offer = (verb: RunVerb, fits: (run: TrainingRun) => boolean, question: string, none: string) =>
    commands.command(verb, async (ctx) => {
      const runs = (await api.sessions(50)).filter(fits).slice(0, LISTED);
      await (runs.length === 0 ? say(ctx, none) : say(ctx, question, runsKeyboard(runs, [verb])));
    });
  offer('stop', isActive, 'Что остановить?', 'Сейчас ничего не обучается.');
  offer('logs', () => true, 'Чьи логи показать?', 'Обучений ещё не было.');
  offer('follow', isActive, 'За чем следить?', 'Сейчас ничего не обучается.');
  offer(
    'resume',
    (run) => Boolean(run.checkpoint) && !isActive(run) && run.status !== 'completed',
    'Что продолжить?',
    'Продолжать нечего.',
  );

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
