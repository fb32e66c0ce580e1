import { Refused } from './answers.ts';

export interface FloodLimits {
  /** Messages and edits a chat takes in a burst. */
  burst: number;
  /** After a burst, one in this time. */
  everyMs: number;
}

/** Telegram's patience with one chat: a small burst, then one message or edit in a while; past it, 429. */
export class FloodGuard {
  readonly #limits: FloodLimits;
  readonly #chats = new Map<number, { left: number; at: number }>();
  readonly #held = new Map<number, number>();

  constructor(limits: FloodLimits) {
    this.#limits = limits;
  }

  /** Refuses everything in a chat for a while, as after a flood. */
  hold(chatId: number, seconds: number): void {
    this.#held.set(chatId, performance.now() + seconds * 1000);
  }

  spend(chatId: number): void {
    const now = performance.now();
    const heldMs = (this.#held.get(chatId) ?? 0) - now;
    if (heldMs > 0) throw tooMany(heldMs);
    const { burst, everyMs } = this.#limits;
    const { left, at } = this.#chats.get(chatId) ?? { left: burst, at: now };
    const refilled = Math.min(burst, left + (now - at) / everyMs);
    this.#chats.set(chatId, { left: Math.max(0, refilled - 1), at: now });
    if (refilled < 1) throw tooMany((1 - refilled) * everyMs);
  }
}

function tooMany(waitMs: number): Refused {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new Refused(429, `Too Many Requests: retry after ${seconds}`, seconds);
}
