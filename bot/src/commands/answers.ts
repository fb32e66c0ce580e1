import type { Context } from 'grammy';
import type { Face } from '../telegram/post.ts';
import { isOutdated, isUnchanged } from '../telegram/refusals.ts';
import { splitText } from '../telegram/split-text.ts';

/** Answers in plain text, in as many messages as it takes. */
export async function say(ctx: Context, text: string, keyboard?: Face['keyboard']): Promise<void> {
  const parts = splitText(text);
  for (const [index, part] of parts.entries())
    await ctx.reply(part, index === parts.length - 1 ? { reply_markup: keyboard } : {});
}

/** Answers a press of a button. One that is too old for it (the bot was away) counts all the same. */
export async function acknowledge(
  ctx: Context,
  other: { text?: string; show_alert?: boolean } = {},
): Promise<void> {
  try {
    await ctx.answerCallbackQuery(other);
  } catch (err) {
    if (!isOutdated(err)) throw err;
  }
}

/** Shows a face: in the message whose button was pressed, else (or when told so) in a new one. */
export async function put(ctx: Context, { text, parse_mode, keyboard }: Face, where?: 'anew'): Promise<void> {
  const other = { parse_mode, reply_markup: keyboard };
  if (!ctx.callbackQuery?.message || where === 'anew') {
    await ctx.reply(text, other);
    return;
  }
  try {
    await ctx.editMessageText(text, other);
  } catch (err) {
    if (!isUnchanged(err)) throw err;
  }
}
