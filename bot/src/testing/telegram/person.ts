import type { SentMessage } from './chats.ts';
import type { Telegram } from './telegram.ts';
import type { Update } from './update-queue.ts';

const READ_MS = 20;

/** Somebody with a phone, in a private chat with the bot. */
export class Person {
  readonly id: number;
  readonly #telegram: Telegram;
  readonly #queries: Map<string, boolean>;
  readonly #user: object;

  constructor(telegram: Telegram, { id, name }: { id: number; name: string }, queries: Map<string, boolean>) {
    this.id = id;
    this.#telegram = telegram;
    this.#queries = queries;
    this.#user = { id, is_bot: false, first_name: name, language_code: 'ru' };
  }

  /** All the bot has sent here, oldest first. */
  get messages(): SentMessage[] {
    return this.#telegram.chats.messages.filter(({ chatId }) => chatId === this.id);
  }

  /** Writes; a text that begins with a slash is a command. */
  write(text: string): Update {
    this.#telegram.chats.open(this.id);
    const command = /^\/\w+/.exec(text)?.[0];
    return this.#telegram.updates.add({
      message: {
        message_id: this.#telegram.chats.nextId(),
        date: Math.floor(Date.now() / 1000),
        chat: this.#chat(),
        from: this.#user,
        text,
        ...(command ? { entities: [{ type: 'bot_command', offset: 0, length: command.length }] } : {}),
      },
    });
  }

  /** Presses the button whose label begins so; answers the update and the query's id. */
  press(message: SentMessage, label: string): { update: Update; query: string } {
    const button = message.keyboard.flat().find(({ text }) => text.startsWith(label));
    if (!button?.callback_data)
      throw new Error(
        `No button ${label} among ${
          message.keyboard
            .flat()
            .map(({ text }) => text)
            .join(', ') || 'none'
        }`,
      );
    const query = String(Date.now() * 1000 + this.#queries.size);
    this.#queries.set(query, false);
    const update = this.#telegram.updates.add({
      callback_query: {
        id: query,
        from: this.#user,
        chat_instance: '1',
        data: button.callback_data,
        message: {
          message_id: message.message_id,
          date: Math.floor(Date.now() / 1000),
          chat: this.#chat(),
          text: message.text,
        },
      },
    });
    return { update, query };
  }

  /** Waits for a message (after `after`) that reads so now. */
  sees(
    what: RegExp,
    { after, timeoutMs }: { after?: SentMessage; timeoutMs?: number } = {},
  ): Promise<SentMessage> {
    const since = after?.message_id ?? 0;
    return this.#wait(what, (one) => one.message_id > since && what.test(one.text), timeoutMs);
  }

  /** Waits until this message reads so. */
  reads(message: SentMessage, what: RegExp, timeoutMs?: number): Promise<SentMessage> {
    return this.#wait(what, (one) => one === message && what.test(one.text), timeoutMs);
  }

  async #wait(what: RegExp, fits: (one: SentMessage) => boolean, timeoutMs = 10_000): Promise<SentMessage> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const found = this.messages.findLast(fits);
      if (found) return found;
      if (performance.now() > deadline) {
        const seen = this.messages.map(({ text }) => text).join('\n---\n');
        throw new Error(`${what} was not seen within ${timeoutMs} ms. Seen:\n${seen}`);
      }
      await new Promise((resolve) => setTimeout(resolve, READ_MS));
    }
  }

  /** Writes and waits for what is answered after it. */
  async ask(text: string, what: RegExp): Promise<SentMessage> {
    const after = this.messages.at(-1);
    this.write(text);
    return this.sees(what, { after });
  }

  #chat(): object {
    return { id: this.id, type: 'private', first_name: 'Person' };
  }
}
