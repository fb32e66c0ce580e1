import { Composer, type Context } from 'grammy';
import { menu } from '../buttons.ts';
import type { HearthApi } from '../hearth/hearth-api.ts';
import { say } from './answers.ts';
import { runsKeyboard } from './runs.ts';
import { datasetsText, statusText } from './status-text.ts';

const RUNS_LOOKED_AT = 50;

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
    const keyboard = running.length > 0 ? runsKeyboard(running, ['follow', 'stop']) : undefined;
    await say(ctx, statusText({ info, runs, queue, models, deployed }), keyboard);
  };
  commands.command('status', status);
  commands.hears(menu.status, status);

  const datasets = async (ctx: Context) => say(ctx, datasetsText(await api.datasets()));
  commands.command('datasets', datasets);
  commands.hears(menu.datasets, datasets);
  return commands;
}
