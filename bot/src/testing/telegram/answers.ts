import type { Chats, SentMessage } from './chats.ts';
import type { Form, InlineKeyboard, Method } from './forms.ts';
import { parseText } from './html.ts';
import { readPng } from './png.ts';

export class Refused extends Error {
  readonly code: number;
  readonly retryAfter: number | undefined;
  constructor(code: number, description: string, retryAfter?: number) {
    super(description);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

const bad = (what: string) => new Refused(400, `Bad Request: ${what}`);
const bot = { id: 4242, is_bot: true, first_name: 'Hearth', username: 'hearth_test_bot' };

function readable(given: string, mode: string | undefined, limit: number, tooLong: string): string {
  const parsed = parseText(given, mode);
  if ('problem' in parsed) throw bad(parsed.problem);
  // Telegram counts code points, and trims what is sent.
  if ([...parsed.text].length > limit) throw bad(tooLong);
  return parsed.text.trim();
}

const rowsOf = (markup: object | undefined): InlineKeyboard['inline_keyboard'] =>
  markup && 'inline_keyboard' in markup ? (markup as InlineKeyboard).inline_keyboard : [];

/** As Telegram answers with a message. */
const asMessage = ({ message_id, chatId, text, photo, keyboard }: SentMessage) => ({
  message_id,
  date: Math.floor(Date.now() / 1000),
  chat: { id: chatId, type: 'private', first_name: 'Person' },
  from: bot,
  ...(photo
    ? { caption: text, photo: [{ file_id: 'f', file_unique_id: 'u', width: 1, height: 1 }] }
    : { text }),
  ...(keyboard.length > 0 ? { reply_markup: { inline_keyboard: keyboard } } : {}),
});

/** The methods that write into chats. */
export function writingMethods(chats: Chats, pending: Map<string, boolean>) {
  const reachable = (chatId: number) => {
    const obstacle = chats.obstacle(chatId);
    if (obstacle) throw new Refused(obstacle.code, obstacle.description);
  };
  const add = (chatId: number, text: string, raw: string, markup: object | undefined, photo?: Buffer) => {
    const message: SentMessage = {
      message_id: chats.nextId(),
      chatId,
      text,
      raw,
      keyboard: rowsOf(markup),
      faces: [{ text, at: performance.now() }],
      ...(photo ? { photo } : {}),
    };
    chats.messages.push(message);
    return asMessage(message);
  };
  return {
    sendMessage(given: Form<'sendMessage'>) {
      reachable(given.chat_id);
      const text = readable(given.text, given.parse_mode, 4096, 'message is too long');
      if (text === '') throw bad('message text is empty');
      return add(given.chat_id, text, given.text, given.reply_markup);
    },
    sendPhoto(given: Form<'sendPhoto'>) {
      reachable(given.chat_id);
      const caption = readable(given.caption ?? '', given.parse_mode, 1024, 'message caption is too long');
      if (given.photo.length > 10_000_000) throw new Refused(413, 'Request Entity Too Large');
      const { width, height } = pngOf(given.photo);
      if (width + height > 10_000 || Math.max(width / height, height / width) > 20)
        throw bad('PHOTO_INVALID_DIMENSIONS');
      return add(given.chat_id, caption, given.caption ?? '', given.reply_markup, given.photo);
    },
    editMessageText(given: Form<'editMessageText'>) {
      reachable(given.chat_id);
      const message = chats.find(given.chat_id, given.message_id);
      if (!message) throw bad('message to edit not found');
      if (message.photo) throw bad('there is no text in the message to edit');
      const text = readable(given.text, given.parse_mode, 4096, 'MESSAGE_TOO_LONG');
      if (text === '') throw bad('message text is empty');
      const keyboard = rowsOf(given.reply_markup);
      if (message.raw === given.text && JSON.stringify(message.keyboard) === JSON.stringify(keyboard))
        throw bad(
          'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
        );
      Object.assign(message, { text, raw: given.text, keyboard });
      message.faces.push({ text, at: performance.now() });
      return asMessage(message);
    },
    sendChatAction(given: Form<'sendChatAction'>) {
      reachable(given.chat_id);
      return true;
    },
    answerCallbackQuery(given: Form<'answerCallbackQuery'>) {
      if (pending.get(given.callback_query_id) !== false)
        throw bad('query is too old and response timeout expired or query ID is invalid');
      pending.set(given.callback_query_id, true);
      return true;
    },
    setMyCommands({ scope }: Form<'setMyCommands'>) {
      if (scope?.type === 'chat') {
        if (scope.chat_id === undefined) throw bad('chat_id is empty');
        reachable(scope.chat_id);
      }
      return true;
    },
    getMe: () => ({
      ...bot,
      can_join_groups: true,
      can_read_all_group_messages: false,
      supports_inline_queries: false,
    }),
  } satisfies Partial<{ [M in Method]: (given: Form<M>) => unknown }>;
}

function pngOf(photo: Buffer) {
  try {
    return readPng(photo);
  } catch {
    throw bad('IMAGE_PROCESS_FAILED');
  }
}
