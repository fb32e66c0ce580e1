import { type Desk, Post } from '../telegram/post.ts';
import { MESSAGE_LIMIT, splitText } from '../telegram/split-text.ts';

const CURSOR = ' ▌';
const PAGE_LIMIT = MESSAGE_LIMIT - CURSOR.length;

/** A text that grows, shown by edits; each time it outgrows a message, another one is begun. */
export class StreamedReply {
  readonly #chatId: number;
  readonly #desk: Desk;
  readonly #posts: Post[];
  /** Messages are begun one after another, however fast the text grows. */
  #beginning: Promise<void> = Promise.resolve();
  #text = '';

  private constructor(first: Post, desk: Desk) {
    this.#chatId = first.place.chatId;
    this.#desk = desk;
    this.#posts = [first];
  }

  static async begin(chatId: number, desk: Desk): Promise<StreamedReply> {
    return new StreamedReply(await send(chatId, '…', desk), desk);
  }

  get text(): string {
    return this.#text;
  }

  add(piece: string): void {
    this.#text += piece;
    this.#beginning = this.#beginning.then(() => this.#show(CURSOR));
  }

  /** Resolves when all of it has arrived. `otherwise`: what to show where no text has come. */
  async end(otherwise: string): Promise<void> {
    this.#text = this.#text.trim() === '' ? otherwise : this.#text;
    this.#beginning = this.#beginning.then(() => this.#show(''));
    await this.#beginning;
    for (const post of this.#posts) await post.settled();
  }

  async #show(cursor: string): Promise<void> {
    const pages = splitText(this.#text, PAGE_LIMIT);
    for (const [index, page] of pages.entries()) {
      // Telegram takes no message of white space alone.
      if (page.trim() === '') continue;
      const isLast = index === pages.length - 1;
      if (index >= this.#posts.length) {
        await this.#posts[index - 1]?.settled();
        this.#posts.push(await send(this.#chatId, page, this.#desk));
      }
      this.#posts[index]?.show({ text: isLast ? page + cursor : page });
    }
  }
}

async function send(chatId: number, text: string, desk: Desk): Promise<Post> {
  const { message_id: messageId } = await desk.api.sendMessage(chatId, text);
  return new Post({ chatId, messageId }, desk);
}
