import { z } from 'zod';
import type { Log } from '../log.ts';
import { JsonFile } from './json-file.ts';

/** More than Telegram holds in one answer to getUpdates, many times over. */
const REMEMBERED = 2000;

/**
 * Which updates were taken up. Telegram sends an update again when it does not learn that it arrived (the bot was killed
 * before it asked for the next ones, an answer to a webhook was lost), so each is noted before it is handled: what
 * starts a training is then done at most once.
 */
export class HandledUpdates {
  readonly #file: JsonFile<number[]>;
  #seen: Set<number>;

  constructor(path: string, log: Log) {
    this.#file = new JsonFile(path, z.array(z.number().int()), [], log);
    this.#seen = new Set(this.#file.value);
  }

  /** True for the first who asks with this id, now or before a restart. */
  claim(updateId: number): boolean {
    if (this.#seen.has(updateId)) return false;
    const kept = [...this.#file.value, updateId].slice(-REMEMBERED);
    this.#file.set(kept);
    this.#seen = new Set(kept);
    return true;
  }
}
