import { type Clock, sleep, systemClock } from '@hearth/toolkit/reliability';

/** Telegram wants at most about one message a second in a chat; edits count. */
const INTERVAL_MS = 1100;
const MOST_CHATS = 1000;

/** Turns to edit in a chat: one after another, never sooner than the interval, and not before a flood wait is over. */
export class ChatPace {
  #nextAt = new Map<number, number>();
  readonly #intervalMs: number;
  readonly #clock: Clock;

  constructor(intervalMs = INTERVAL_MS, clock: Clock = systemClock) {
    this.#intervalMs = intervalMs;
    this.#clock = clock;
  }

  /** Resolves when it is one's turn, or at once when `signal` is aborted. */
  async turn(chatId: number, signal?: AbortSignal): Promise<void> {
    for (;;) {
      const leftMs = (this.#nextAt.get(chatId) ?? 0) - this.#clock.monotonicMs();
      if (leftMs <= 0 || signal?.aborted) return this.spend(chatId);
      await sleep(leftMs, { clock: this.#clock, signal }).catch(() => undefined);
    }
  }

  /** Something was sent without waiting for a turn: the next turn comes an interval later. */
  spend(chatId: number): void {
    this.hold(chatId, this.#intervalMs / 1000);
  }

  /** Telegram has asked for a rest. */
  hold(chatId: number, seconds: number): void {
    const now = this.#clock.monotonicMs();
    if (this.#nextAt.size >= MOST_CHATS)
      this.#nextAt = new Map([...this.#nextAt].filter(([, at]) => at > now));
    this.#nextAt.set(chatId, Math.max(now + seconds * 1000, this.#nextAt.get(chatId) ?? 0));
  }
}
