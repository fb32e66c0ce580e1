import { createHash } from 'node:crypto';
import { Composer, type Context, InlineKeyboard } from 'grammy';
import { menu } from '../buttons.ts';
import { type ChatPartner, stillAnswering } from '../chat/chat-partner.ts';
import type { Conversations } from '../chat/conversations.ts';
import type { HearthApi } from '../hearth/hearth-api.ts';
import { pageAmong, turnPages } from '../pages.ts';
import type { Face } from '../telegram/post.ts';
import { acknowledge, put, say } from './answers.ts';

/** A model's name is longer than a button can carry. */
const digest = (model: string) => createHash('sha256').update(model).digest('hex').slice(0, 16);
const modelButton = /^model:([0-9a-f]{16})$/;
const modelMenuButton = /^models:(\d{1,4})$/;
const LONGEST_LABEL = 60;
const nameOf = (model: string) => model.replace(/^model\//, '');

interface ChatCommandOptions {
  api: HearthApi;
  partner: ChatPartner;
  conversations: Conversations;
}

/** 💬 Anything written that is nothing else goes to the model. */
export function chatCommands({ api, partner, conversations }: ChatCommandOptions): Composer<Context> {
  const commands = new Composer();

  commands.hears(menu.chat, async (ctx) => {
    const model = await partner.modelOf(ctx.chat.id);
    await say(
      ctx,
      model
        ? `Пишите, вам ответит ${nameOf(model)}. Начать разговор заново: /new, выбрать модель: /model`
        : 'Пока ни одна модель не развёрнута, отвечать некому.',
    );
  });

  commands.command('new', async (ctx) => {
    await partner.reset(ctx.chat.id);
    await say(ctx, 'Начинаем новый разговор: что было сказано раньше, забыто.');
  });

  const modelMenu = async (page: number): Promise<Face> => {
    const models = await api.chatModels();
    if (models.length === 0) return { text: 'Пока ни одна модель не развёрнута.' };
    const shown = pageAmong(models, page);
    const keyboard = new InlineKeyboard();
    for (const model of shown.items)
      keyboard.text(nameOf(model).slice(0, LONGEST_LABEL), `model:${digest(model)}`).row();
    return {
      text: 'С какой моделью разговаривать?',
      keyboard: turnPages(keyboard, shown, (to) => `models:${to}`),
    };
  };
  commands.command('model', async (ctx) => put(ctx, await modelMenu(0)));
  commands.callbackQuery(modelMenuButton, async (ctx) => {
    await acknowledge(ctx);
    await put(ctx, await modelMenu(Number(ctx.match[1])));
  });
  commands.callbackQuery(modelButton, async (ctx) => {
    await acknowledge(ctx);
    const model = (await api.chatModels()).find((name) => digest(name) === ctx.match[1]);
    if (!model) return put(ctx, { text: 'Эта модель больше не развёрнута. Выбрать другую: /model' });
    await partner.reset(ctx.chat!.id);
    conversations.choose(ctx.chat!.id, model);
    await put(ctx, { text: `Теперь отвечает ${nameOf(model)}. Разговор начат заново.` });
  });

  commands.on('message:text', async (ctx) => {
    if (ctx.message.text.startsWith('/')) return say(ctx, 'Не знаю такой команды. Что я умею: /help');
    if (!partner.answer(ctx.chat.id, ctx.message.text)) await say(ctx, stillAnswering);
  });
  commands.on('message', (ctx) => say(ctx, 'Я понимаю только текст.'));
  return commands;
}
