import { Composer, type Context, InlineKeyboard } from 'grammy';
import { menu, runsKeyboard } from '../buttons.ts';
import { titleOf } from '../following/progress-text.ts';
import type { HearthApi } from '../hearth/hearth-api.ts';
import { PAGE_SIZE, pageAmong, turnPages } from '../pages.ts';
import { acknowledge, put, say } from './answers.ts';
import { datasetsText, statusText } from './status-text.ts';

const RUNS_LOOKED_AT = 50;
const DATASETS_LISTED = 20;
/** Turns the pages of the list of data sets. */
export const datasetsButton = /^datasets:(\d{1,4})$/;

/** 📊 and 📁: how things are, and what there is to learn from. */
export function overviewCommands(api: HearthApi): Composer<Context> {
  const commands = new Composer();
  const status = async (ctx: Context) => {
    const [info, runs, queue, models, deployed] = await Promise.all([
      api.systemInfo(),
      api.sessions(RUNS_LOOKED_AT),
      api.queue(),
      api.models(),
      api.chatModels(),
    ]);
    const running = runs.filter((run) => run.status === 'running');
    const rows = running
      .slice(0, PAGE_SIZE)
      .map((run) => ({ sessionId: run.session_id, name: titleOf(run.config) }));
    const keyboard = rows.length > 0 ? runsKeyboard(rows, ['follow', 'stop']) : undefined;
    await say(ctx, statusText({ info, runs, queue, models, deployed }), keyboard);
  };
  commands.command('status', status);
  commands.hears(menu.status, status);

  const datasets = async (ctx: Context, page = 0) => {
    const all = await api.datasets();
    const shown = pageAmong(all, page, DATASETS_LISTED);
    const keyboard = turnPages(new InlineKeyboard(), shown, (to) => `datasets:${to}`);
    await put(ctx, { text: datasetsText(shown.items, all.length), keyboard });
  };
  commands.command('datasets', (ctx) => datasets(ctx));
  commands.hears(menu.datasets, (ctx) => datasets(ctx));
  commands.callbackQuery(datasetsButton, async (ctx) => {
    await acknowledge(ctx);
    await datasets(ctx, Number(ctx.match[1]));
  });
  return commands;
}
