import { join } from 'node:path';
import { z } from 'zod';
import type { Log } from '../log.ts';
import { JsonFile } from '../state/json-file.ts';
import { Dialogue } from './training-dialogue.ts';

/** Where each chat stands on the way to a new run; a restart does not begin it anew. */
export class Dialogues {
  readonly #file: JsonFile<Record<string, Dialogue>>;

  constructor(home: string, log: Log) {
    this.#file = new JsonFile(join(home, 'dialogues.json'), z.record(z.string(), Dialogue), {}, log);
  }

  get(chatId: number): Dialogue | undefined {
    return this.#file.value[chatId];
  }

  set(chatId: number, dialogue: Dialogue): void {
    this.#file.set({ ...this.#file.value, [chatId]: dialogue });
  }

  /** Whether there was one. */
  delete(chatId: number): boolean {
    const { [chatId]: found, ...others } = this.#file.value;
    if (found) this.#file.set(others);
    return found !== undefined;
  }
}
