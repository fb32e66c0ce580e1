import { join } from 'node:path';
import type { TrainingRun } from '@hearth/contract';
import { sleep } from '@hearth/toolkit/reliability';
import { z } from 'zod';
import { runKeyboard } from '../buttons.ts';
import { describeFailure, isExpected, isGone } from '../hearth/failure.ts';
import type { HearthApi } from '../hearth/hearth-api.ts';
import { JsonFile } from '../state/json-file.ts';
import { type Desk, type Place, Post } from '../telegram/post.ts';
import { floodWaitSeconds, isChatGone, isTelegramAway } from '../telegram/refusals.ts';
import { sendEndNotice } from './end-notice.ts';
import { hasEnded, progressText } from './progress-text.ts';

const Followed = z.object({ sessionId: z.string(), chatId: z.number(), messageId: z.number() });
type Followed = z.infer<typeof Followed>;

const POLL_MS = 2000;
const LONGEST_POLL_MS = 30_000;
/** Fewer failures in a row than this are nobody's business. */
const FAILURES_TOLD = 2;

export interface FollowerOptions {
  api: HearthApi;
  desk: Desk;
  /** Where it is kept what is followed, so that a restart does not lose it. */
  home: string;
  pollMs?: number;
  now?: () => Date;
}

/** Follows runs: each has one message in one chat that shows how far it is, and a notice when it has ended. */
export class Follower {
  readonly #options: FollowerOptions;
  readonly #file: JsonFile<Followed[]>;
  readonly #watches = new Map<Followed, { replaced: AbortController; done: Promise<void> }>();

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#file = new JsonFile(join(options.home, 'followed.json'), z.array(Followed), [], options.desk.log);
  }

  /** Goes on with what was followed when the bot last ran. */
  resume(): void {
    for (const followed of this.#file.value) this.#watch(followed);
  }

  /** A later message about the same run in the same chat takes the place of the earlier one. */
  follow(sessionId: string, { chatId, messageId }: Place): void {
    const followed = { sessionId, chatId, messageId };
    const isOther = (one: Followed) => one.sessionId !== sessionId || one.chatId !== chatId;
    for (const [one, { replaced }] of this.#watches) if (!isOther(one)) replaced.abort();
    this.#file.set([...this.#file.value.filter(isOther), followed]);
    this.#watch(followed);
  }

  /** Resolves when nothing is at work any more; the desk's signal ends it. */
  async stopped(): Promise<void> {
    await Promise.all([...this.#watches.values()].map(({ done }) => done));
  }

  #watch(followed: Followed): void {
    const { desk } = this.#options;
    const replaced = new AbortController();
    const ending = AbortSignal.any([replaced.signal, desk.stopping]);
    const done = this.#accompany(followed, ending)
      .catch((err: unknown) =>
        desk.log.error({ err, session: followed.sessionId }, 'A run is no longer followed.'),
      )
      .finally(() => this.#watches.delete(followed));
    this.#watches.set(followed, { replaced, done });
  }

  async #accompany(followed: Followed, ending: AbortSignal): Promise<void> {
    const { desk, pollMs = POLL_MS } = this.#options;
    const post = new Post(followed, desk);
    let last: TrainingRun | undefined;
    for (let failures = 0; !ending.aborted; ) {
      try {
        last = await this.#options.api.training(followed.sessionId);
        failures = 0;
        this.#show(post, last);
        if (hasEnded(last)) return await this.#finish(followed, last, post);
      } catch (err) {
        if (isGone(err)) return this.#forget(followed, post, describeFailure(err));
        failures += 1;
        if (!isExpected(err)) desk.log.error({ err }, 'A run could not be asked about.');
        if (last && failures >= FAILURES_TOLD) this.#show(post, last, describeFailure(err));
      }
      await sleep(restMs(pollMs, failures), { signal: ending }).catch(() => undefined);
    }
  }

  #show(post: Post, run: TrainingRun, trouble?: string): void {
    const text = progressText(run, this.#options.now?.() ?? new Date(), trouble);
    const keyboard = hasEnded(run) ? undefined : runKeyboard(run.session_id, ['stop', 'logs']);
    post.show({ text, parse_mode: 'HTML', keyboard });
  }

  async #finish(followed: Followed, run: TrainingRun, post: Post): Promise<void> {
    const { api, desk } = this.#options;
    await post.settled();
    if (desk.stopping.aborted) return;
    try {
      await sendEndNotice(run, followed.chatId, api, desk);
    } catch (err) {
      if (isTelegramAway(err) || floodWaitSeconds(err) !== undefined) throw err;
      if (!isChatGone(err)) desk.log.error({ err }, 'The end of a run could not be told.');
    }
    this.#drop(followed);
  }

  #forget(followed: Followed, post: Post, why: string): void {
    post.show({ text: why });
    this.#drop(followed);
  }

  #drop(followed: Followed): void {
    const isOther = (one: Followed) => one.messageId !== followed.messageId || one.chatId !== followed.chatId;
    this.#file.set(this.#file.value.filter(isOther));
  }
}

const restMs = (pollMs: number, failures: number) =>
  Math.min(LONGEST_POLL_MS, pollMs * 2 ** Math.max(0, failures - 1));
