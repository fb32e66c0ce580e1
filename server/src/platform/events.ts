/** Typed news inside the process: `emit('finished', run)`. A listener that throws harms neither emitter nor others. */
export class Events<News extends object> {
  readonly #listeners = new Map<keyof News, Set<(news: never) => unknown>>();
  readonly #onFailure: (error: unknown) => void;
  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  /** Returns the function that ends the subscription. */
  on<Name extends keyof News>(name: Name, listener: (news: News[Name]) => unknown): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener as (news: never) => unknown));
    return () => listeners.delete(listener as (news: never) => unknown);
  }

  emit<Name extends keyof News>(name: Name, news: News[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      const call = listener as (news: News[Name]) => unknown;
      // `async` turns a synchronous throw into a rejection too, and still calls at once.
      (async () => call(news))().catch(this.#onFailure);
    }
  }
}
