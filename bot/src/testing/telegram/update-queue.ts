import { setTimeout as sleep } from 'node:timers/promises';
import { Refused } from './answers.ts';
import type { Form } from './forms.ts';

export interface Update {
  update_id: number;
  [kind: string]: unknown;
}

const RETRY_MS = 50;
const LONGEST_POLL_S = 30;

/** Updates wait until the bot confirms them: by asking for later ones, or by answering a call of its webhook with 2xx. */
export class UpdateQueue {
  /** What the bot was sent, in order, repetitions included. */
  readonly deliveries: number[] = [];
  #waiting: Update[] = [];
  #lastId = 700_000_000;
  /** Old ones to be sent again, whatever the bot has confirmed. */
  #repeats: Update[] = [];
  #wake: () => void = () => undefined;
  #poll: AbortController | undefined;
  #webhook: Form<'setWebhook'> | undefined;
  readonly #closing = new AbortController();

  add(update: Record<string, unknown>): Update {
    this.#lastId += 1;
    const added = { update_id: this.#lastId, ...update };
    this.#waiting.push(added);
    this.#wake();
    if (this.#webhook) void this.#call(added, this.#webhook);
    return added;
  }

  /** Sends one that was sent before, as Telegram does when it did not learn that it arrived. */
  repeat(update: Update): void {
    if (this.#webhook) {
      this.#waiting.push(update);
      void this.#call(update, this.#webhook);
    } else this.#repeats.push(update);
    this.#wake();
  }

  get pending(): number {
    return this.#waiting.length;
  }

  setWebhook(given: Form<'setWebhook'>): true {
    this.#webhook = given;
    for (const update of this.#waiting) void this.#call(update, given);
    return true;
  }
  deleteWebhook(): true {
    this.#webhook = undefined;
    return true;
  }
  get webhook(): Form<'setWebhook'> | undefined {
    return this.#webhook;
  }

  async getUpdates(
    { offset = 0, limit = 100, timeout = 0 }: Form<'getUpdates'>,
    gone: AbortSignal,
  ): Promise<Update[]> {
    if (this.#webhook)
      throw new Refused(409, "Conflict: can't use getUpdates method while webhook is active");
    this.#poll?.abort();
    const poll = new AbortController();
    this.#poll = poll;
    this.#waiting = this.#waiting.filter(({ update_id }) => update_id >= offset);
    const ending = AbortSignal.any([poll.signal, gone, this.#closing.signal]);
    const deadline = performance.now() + Math.min(timeout, LONGEST_POLL_S) * 1000;
    while (
      this.#waiting.length + this.#repeats.length === 0 &&
      performance.now() < deadline &&
      !ending.aborted
    )
      await this.#news(deadline, ending);
    if (poll.signal.aborted)
      throw new Refused(
        409,
        'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
      );
    if (gone.aborted) return [];
    const batch = [...this.#repeats.splice(0), ...this.#waiting].slice(0, limit);
    this.deliveries.push(...batch.map(({ update_id }) => update_id));
    return batch;
  }

  close(): void {
    this.#closing.abort();
  }

  async #news(deadline: number, ending: AbortSignal): Promise<void> {
    const news = Promise.withResolvers<void>();
    this.#wake = news.resolve;
    const pause = new AbortController();
    const waited = sleep(deadline - performance.now(), undefined, {
      signal: AbortSignal.any([ending, pause.signal]),
    });
    await Promise.race([news.promise, waited.catch(() => undefined)]);
    pause.abort();
  }

  /** Calls again until the bot answers with 2xx. */
  async #call(update: Update, { url, secret_token }: Form<'setWebhook'>): Promise<void> {
    const headers = {
      'content-type': 'application/json',
      ...(secret_token ? { 'x-telegram-bot-api-secret-token': secret_token } : {}),
    };
    while (this.#waiting.includes(update) && !this.#closing.signal.aborted && this.#webhook?.url === url) {
      this.deliveries.push(update.update_id);
      const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(update) }).catch(
        () => undefined,
      );
      await answer?.arrayBuffer();
      if (answer?.ok) this.#waiting = this.#waiting.filter((one) => one !== update);
      else await sleep(RETRY_MS);
    }
  }
}
