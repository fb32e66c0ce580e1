import { isPassing } from '../platform/failures.ts';

interface Asked<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Group commit: what comes while the last group is being worked on makes up the next, so that many callers share one
 * transaction and a lone one waits for nothing. Items stay in their order, unless several groups may be `atOnce`. Where a group fails, each of its items is
 * tried by itself, so that a bad one fails alone.
 */
export class Gathering<Item, Result> {
  readonly #work: (items: Item[]) => Promise<Result[]>;
  readonly #most: number;
  readonly #waiting: Asked<Item, Result>[] = [];
  readonly #atOnce: number;
  #running = 0;
  constructor(work: (items: Item[]) => Promise<Result[]>, { most = 200, atOnce = 1 } = {}) {
    this.#work = work;
    this.#most = most;
    this.#atOnce = atOnce;
  }

  add(item: Item): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#waiting.push({ item, resolve, reject });
    if (this.#running < this.#atOnce) void this.#run();
    return promise;
  }

  async #run(): Promise<void> {
    this.#running += 1;
    // Whoever asks in the same turn of the event loop still joins the first group.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#settle(this.#waiting.splice(0, this.#most));
    // In the same turn as the last look: who asks from now on begins anew.
    this.#running -= 1;
  }

  async #settle(group: Asked<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#work(group.map(({ item }) => item));
      for (const [index, { resolve }] of group.entries()) resolve(results[index]!);
    } catch (error) {
      if (group.length > 1 && !isPassing(error)) for (const one of group) await this.#settle([one]);
      else for (const { reject } of group) reject(error);
    }
  }
}
