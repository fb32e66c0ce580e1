import type { JobState, TrainingRun } from '@hearth/contract';
import { type RunVerb, runsKeyboard } from '../buttons.ts';
import { titleOf } from '../following/progress-text.ts';
import type { HearthApi } from '../hearth/hearth-api.ts';
import { PAGE_SIZE, pageAmong, turnPages } from '../pages.ts';
import type { Face } from '../telegram/post.ts';

/** What a button that turns pages of such a menu carries. */
export const runMenuButton = /^runs:(stop|logs|follow|resume):(\d{1,4})$/;

interface Menu {
  question: string;
  none: string;
  /** Runs in one of these states; without them, all. */
  states?: JobState[];
  fits?: (run: TrainingRun) => boolean;
}
const active: JobState[] = ['running', 'queued'];
const menus: Record<RunVerb, Menu> = {
  stop: { question: 'Что остановить?', none: 'Сейчас ничего не обучается.', states: active },
  logs: { question: 'Чьи логи показать?', none: 'Обучений ещё не было.' },
  follow: { question: 'За чем следить?', none: 'Сейчас ничего не обучается.', states: active },
  resume: {
    question: 'Что продолжить?',
    none: 'Продолжать нечего.',
    states: ['stopped', 'failed'],
    fits: ({ checkpoint }) => checkpoint !== null,
  },
};

/** The first so many that fit. */
async function first(
  runs: AsyncIterable<TrainingRun>,
  { fits }: Menu,
  count: number,
): Promise<TrainingRun[]> {
  const found: TrainingRun[] = [];
  for await (const run of runs) {
    if (fits && !fits(run)) continue;
    found.push(run);
    if (found.length === count) break;
  }
  return found;
}

/** Runs to choose from, newest first, a page at a time. */
export async function runMenu(api: HearthApi, verb: RunVerb, page: number): Promise<Face> {
  const menu = menus[verb];
  const states = menu.states ?? [undefined];
  const count = (page + 1) * PAGE_SIZE + 1;
  const found = await Promise.all(states.map((state) => first(api.runs(state), menu, count)));
  const newest = found.flat().toSorted((a, b) => (a.created_at < b.created_at ? 1 : -1));
  if (newest.length === 0) return { text: menu.none };
  const shown = pageAmong(newest, page);
  const rows = shown.items.map((run) => ({ sessionId: run.session_id, name: titleOf(run.config) }));
  const keyboard = turnPages(runsKeyboard(rows, [verb]), shown, (to) => `runs:${verb}:${to}`);
  return { text: menu.question, keyboard };
}
