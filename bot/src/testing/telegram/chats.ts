import type { InlineKeyboard } from './forms.ts';

export interface SentMessage {
  message_id: number;
  chatId: number;
  /** As a reader sees it, marks taken out. */
  text: string;
  keyboard: InlineKeyboard['inline_keyboard'];
  photo?: Buffer;
  /** Every text it has had, with the time it got it. */
  faces: { text: string; at: number }[];
  /** As it was sent, with its marks: what "not modified" is judged by. */
  raw: string;
}

/** What was sent in each chat; a chat is there once its person has written. */
export class Chats {
  readonly messages: SentMessage[] = [];
  readonly #open = new Set<number>();
  readonly #blocked = new Set<number>();
  #lastId = 100;

  open(chatId: number): void {
    this.#open.add(chatId);
  }
  block(chatId: number): void {
    this.#blocked.add(chatId);
  }

  /** Why nothing can be sent there, in Telegram's words. */
  obstacle(chatId: number): { code: number; description: string } | undefined {
    if (!this.#open.has(chatId)) return { code: 400, description: 'Bad Request: chat not found' };
    if (this.#blocked.has(chatId))
      return { code: 403, description: 'Forbidden: bot was blocked by the user' };
    return undefined;
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  find(chatId: number, messageId: number): SentMessage | undefined {
    return this.messages.find((one) => one.chatId === chatId && one.message_id === messageId);
  }

  delete(message: SentMessage): void {
    this.messages.splice(this.messages.indexOf(message), 1);
  }
}
