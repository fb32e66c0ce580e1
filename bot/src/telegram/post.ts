import type { Api, InlineKeyboard } from 'grammy';
import type { Log } from '../log.ts';
import type { ChatPace } from './chat-pace.ts';
import { floodWaitSeconds, isChatGone, isMessageGone, isTelegramAway, isUnchanged } from './refusals.ts';

export interface Face {
  text: string;
  /** Without it the text is plain. */
  parse_mode?: 'HTML';
  keyboard?: InlineKeyboard;
}

export interface Place {
  chatId: number;
  messageId: number;
}

const FIRST_REST_S = 2;
const LONGEST_REST_S = 30;

const isSame = (one: Face, other: Face | undefined) =>
  one.text === other?.text &&
  JSON.stringify(one.keyboard?.inline_keyboard ?? []) ===
    JSON.stringify(other.keyboard?.inline_keyboard ?? []);

/** One message that changes. `show` never waits: edits go out at the chat's pace, and what was overtaken is left out. */
export class Post {
  readonly place: Place;
  readonly #edits: Api;
  readonly #pace: ChatPace;
  readonly #stopping: AbortSignal;
  readonly #log: Log;
  #wanted: Face | undefined;
  #shown: Face | undefined;
  #restSeconds = FIRST_REST_S;
  #working: Promise<void> | undefined;

  constructor(place: Place, { edits, pace, stopping, log }: Desk) {
    this.place = place;
    this.#edits = edits;
    this.#pace = pace;
    this.#stopping = stopping;
    this.#log = log;
  }

  show(face: Face): void {
    this.#wanted = face;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  /** Resolves when what was shown last has arrived, or never can. */
  async settled(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    for (;;) {
      await this.#pace.turn(this.place.chatId, this.#stopping);
      const face = this.#wanted;
      if (!face || isSame(face, this.#shown) || this.#stopping.aborted) return;
      if (await this.#edit(face)) this.#shown = face;
      // From its arrival, not from its departure: on a slow line the next one would catch up with it.
      this.#pace.spend(this.place.chatId);
      if (this.#wanted && isSame(this.#wanted, this.#shown)) return;
    }
  }

  /** False: try again. */
  async #edit({ text, parse_mode, keyboard }: Face): Promise<boolean> {
    const { chatId, messageId } = this.place;
    const other = { parse_mode, reply_markup: keyboard, link_preview_options: { is_disabled: true } };
    try {
      await this.#edits.editMessageText(chatId, messageId, text, other);
      this.#restSeconds = FIRST_REST_S;
      return true;
    } catch (err) {
      return this.#isFinal(err);
    }
  }

  #isFinal(err: unknown): boolean {
    if (isUnchanged(err)) return true;
    const asked = floodWaitSeconds(err);
    if (asked === undefined && !isTelegramAway(err)) {
      if (!isMessageGone(err) && !isChatGone(err)) this.#log.error({ err }, 'A message could not be edited.');
      return true;
    }
    this.#pace.hold(this.place.chatId, asked ?? this.#restSeconds);
    if (asked === undefined) this.#restSeconds = Math.min(LONGEST_REST_S, this.#restSeconds * 2);
    return false;
  }
}

/** What posts are written with. */
export interface Desk {
  api: Api;
  /** Without waiting out floods: after the rest, a post has something newer to show. */
  edits: Api;
  pace: ChatPace;
  /** Aborted when the bot stops: nothing is edited any more. */
  stopping: AbortSignal;
  log: Log;
}
