import { Composer, type Context } from 'grammy';
import { adminKeyboard, guestKeyboard } from '../buttons.ts';
import type { Dialogues } from './dialogues.ts';

const forAll = [
  { command: 'start', description: 'Меню' },
  { command: 'new', description: 'Начать разговор заново' },
  { command: 'model', description: 'Выбрать модель для разговора' },
  { command: 'help', description: 'Что я умею' },
];
const forAdmins = [
  { command: 'train', description: 'Обучить модель' },
  { command: 'status', description: 'Система, обучения, очередь' },
  { command: 'datasets', description: 'Список датасетов' },
  { command: 'stop', description: 'Остановить обучение' },
  { command: 'logs', description: 'Логи обучения' },
  { command: 'follow', description: 'Следить за обучением' },
  { command: 'resume', description: 'Продолжить остановленное обучение' },
  { command: 'cancel', description: 'Отменить диалог' },
];

/** Commands as Telegram's menu lists them, for everybody. */
export const publicCommands = forAll;
const adminList = [...forAll, ...forAdmins];

const lines = (commands: typeof forAll) => commands.map((c) => `/${c.command} — ${c.description}`).join('\n');

export interface StartCommandOptions {
  isAdmin: (ctx: Context) => boolean;
  dialogues: Dialogues;
}

export function startCommands({ isAdmin, dialogues }: StartCommandOptions): Composer<Context> {
  const commands = new Composer();
  commands.command('start', async (ctx) => {
    dialogues.delete(ctx.chat.id);
    const forAdmin = isAdmin(ctx);
    const text = forAdmin
      ? 'Здравствуйте! Я бот Hearth. Выберите, что сделать, или просто напишите модели.'
      : 'Здравствуйте! Я бот Hearth. Напишите сообщение, и вам ответит модель.';
    await ctx.reply(text, { reply_markup: forAdmin ? adminKeyboard() : guestKeyboard() });
    if (forAdmin) await ctx.api.setMyCommands(adminList, { scope: { type: 'chat', chat_id: ctx.chat.id } });
  });
  commands.command('help', (ctx) => ctx.reply(lines(isAdmin(ctx) ? adminList : forAll)));
  return commands;
}
