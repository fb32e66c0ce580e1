import { join } from 'node:path';
import { z } from 'zod';
import type { Turn } from '../hearth/hearth-api.ts';
import type { Log } from '../log.ts';
import { JsonFile } from '../state/json-file.ts';

const Conversation = z.object({
  /** What the person chose; undefined: whatever there is. */
  model: z.string().optional(),
  turns: z.array(z.object({ role: z.enum(['user', 'assistant']), content: z.string() })),
});
type Conversation = z.infer<typeof Conversation>;

const MOST_TURNS = 40;
const MOST_UNITS = 24_000;

/** The newest turns that are within both bounds, beginning with what the person said. */
export function remembered(turns: Turn[]): Turn[] {
  let units = 0;
  const first = turns.findLastIndex(({ content }) => {
    units += content.length;
    return units > MOST_UNITS;
  });
  const kept = turns.slice(Math.max(first + 1, turns.length - MOST_TURNS));
  const start = kept.findIndex(({ role }) => role === 'user');
  return start < 0 ? [] : kept.slice(start);
}

/** What was said in each chat, as the model is told it again with every question. A file a chat: there may be many. */
export class Conversations {
  readonly #home: string;
  readonly #log: Log;

  constructor(home: string, log: Log) {
    this.#home = home;
    this.#log = log;
  }

  of(chatId: number): Conversation {
    return this.#fileOf(chatId).value;
  }

  add(chatId: number, turns: Turn[]): void {
    const known = this.of(chatId);
    this.#set(chatId, { ...known, turns: remembered([...known.turns, ...turns]) });
  }

  reset(chatId: number): void {
    this.#set(chatId, { ...this.of(chatId), turns: [] });
  }

  choose(chatId: number, model: string): void {
    this.#set(chatId, { model, turns: [] });
  }

  #set(chatId: number, conversation: Conversation): void {
    this.#fileOf(chatId).set(conversation);
  }

  #fileOf(chatId: number): JsonFile<Conversation> {
    const path = join(this.#home, 'conversations', `${chatId}.json`);
    return new JsonFile(path, Conversation, { turns: [] }, this.#log);
  }
}
