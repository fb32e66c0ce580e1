/** One request at a time for each upload: a newer one ends the older, which may hang on a dead connection. */
export class UploadLocks {
  readonly #holders = new Map<string, { abort: AbortController; done: Promise<unknown> }>();

  async hold<T>(id: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    for (let holder = this.#holders.get(id); holder; holder = this.#holders.get(id)) {
      holder.abort.abort();
      await holder.done;
    }
    const abort = new AbortController();
    const result = work(abort.signal);
    const done = result.then(
      () => undefined,
      () => undefined,
    );
    const own = { abort, done };
    this.#holders.set(id, own);
    try {
      return await result;
    } finally {
      if (this.#holders.get(id) === own) this.#holders.delete(id);
    }
  }
}
