import { InlineKeyboard, Keyboard } from 'grammy';

/** The menu, as the document names it. */
export const menu = {
  chat: '💬 Чат с AI',
  train: '🎓 Обучить модель',
  status: '📊 Статус модели',
  datasets: '📁 Список датасетов',
};

export const adminKeyboard = (): Keyboard =>
  new Keyboard()
    .text(menu.chat)
    .text(menu.train)
    .row()
    .text(menu.status)
    .text(menu.datasets)
    .resized()
    .persistent();

export const guestKeyboard = (): Keyboard => new Keyboard().text(menu.chat).resized().persistent();

const runVerbs = {
  stop: '⏹ Остановить',
  logs: '📜 Логи',
  follow: '📈 Следить',
  resume: '🔁 Продолжить',
};
export type RunVerb = keyof typeof runVerbs;

/** What a button about a run carries: at most 64 bytes, says Telegram. */
export const runButton = /^run:(stop|logs|follow|resume):(sess_[0-9a-f]{12})$/;

/** Buttons for each of several runs, one row a run. */
export function runsKeyboard(runs: { sessionId: string; name: string }[], verbs: RunVerb[]): InlineKeyboard {
  const rows = runs.flatMap(({ sessionId, name }) => runKeyboard(sessionId, verbs, name).inline_keyboard);
  return InlineKeyboard.from(rows);
}

/** Buttons about one run, in one row; `name` says which one where several are listed. */
export function runKeyboard(sessionId: string, verbs: RunVerb[], name = ''): InlineKeyboard {
  const keyboard = new InlineKeyboard();
  for (const verb of verbs)
    keyboard.text(`${runVerbs[verb]}${name ? ` ${name}` : ''}`, `run:${verb}:${sessionId}`);
  return keyboard;
}
