import { describeFailure, isExpected } from '../hearth/failure.ts';
import type { HearthApi, Turn } from '../hearth/hearth-api.ts';
import type { Desk } from '../telegram/post.ts';
import { isTelegramAway } from '../telegram/refusals.ts';
import type { Conversations } from './conversations.ts';
import { StreamedReply } from './streamed-reply.ts';

const nothingDeployed =
  'Пока ни одна модель не развёрнута или ни одна не на связи. Администратор увидит их на странице «Модели» в веб-интерфейсе.';
export const stillAnswering = 'Подождите, я ещё отвечаю. Прервать: /new';

/** Answers in each chat with a deployed model, one answer at a time. */
export class ChatPartner {
  readonly #api: HearthApi;
  readonly #desk: Desk;
  readonly #conversations: Conversations;
  readonly #answering = new Map<number, { abort: AbortController; done: Promise<void> }>();

  constructor(api: HearthApi, desk: Desk, conversations: Conversations) {
    this.#api = api;
    this.#desk = desk;
    this.#conversations = conversations;
  }

  /** The model of this chat: the chosen one where it is still there, else the first. */
  async modelOf(chatId: number): Promise<string | undefined> {
    const models = await this.#api.chatModels();
    return models.find((name) => name === this.#conversations.of(chatId).model) ?? models[0];
  }

  /** Begins to answer; false while an answer is being given. */
  answer(chatId: number, question: string): boolean {
    if (this.#answering.has(chatId)) return false;
    const abort = new AbortController();
    const done = this.#answer(chatId, question, AbortSignal.any([abort.signal, this.#desk.stopping]))
      .catch((err: unknown) =>
        this.#desk.log[isTelegramAway(err) ? 'warn' : 'error']({ err }, 'No answer was given.'),
      )
      .finally(() => this.#answering.delete(chatId));
    this.#answering.set(chatId, { abort, done });
    return true;
  }

  /** Ends the answer under way, and forgets what was said. */
  async reset(chatId: number): Promise<void> {
    const answering = this.#answering.get(chatId);
    answering?.abort.abort();
    await answering?.done;
    this.#conversations.reset(chatId);
  }

  async stopped(): Promise<void> {
    await Promise.all([...this.#answering.values()].map(({ done }) => done));
  }

  async #answer(chatId: number, question: string, signal: AbortSignal): Promise<void> {
    await this.#desk.api.sendChatAction(chatId, 'typing');
    const model = await this.modelOf(chatId).catch((error: unknown) => this.#apologise(chatId, error));
    if (model === null) return;
    if (model === undefined) return void (await this.#desk.api.sendMessage(chatId, nothingDeployed));
    const asked: Turn = { role: 'user', content: question };
    const reply = await StreamedReply.begin(chatId, this.#desk);
    try {
      const turns = [...this.#conversations.of(chatId).turns, asked];
      for await (const piece of this.#api.chat(model, turns, signal)) reply.add(piece);
      const answered: Turn = { role: 'assistant', content: reply.text };
      await reply.end('Модель ничего не ответила.');
      this.#conversations.add(chatId, [asked, answered]);
    } catch (error) {
      await reply.end(signal.aborted ? 'Ответ прерван.' : `${describeFailure(error)}.`);
      if (!signal.aborted && reply.text !== `${describeFailure(error)}.`)
        await this.#apologise(chatId, error);
    }
  }

  async #apologise(chatId: number, error: unknown): Promise<null> {
    if (!isExpected(error)) this.#desk.log.error({ err: error }, 'A question could not be put to a model.');
    await this.#desk.api.sendMessage(chatId, `${describeFailure(error)}.`);
    return null;
  }
}
