/** A result that is on its way, and the means to call it off. */
export class Future<T> {
  readonly #promise: Promise<T>;
  readonly #cancel: () => void;
  #state: 'pending' | 'completed' | 'failed' | 'cancelled' = 'pending';

  /** @param cancel ends the work, so that `promise` rejects */
  constructor(promise: Promise<T>, cancel: () => void) {
    this.#promise = promise;
    this.#cancel = cancel;
    const end = (state: 'completed' | 'failed') => {
      if (this.#state === 'pending') this.#state = state;
    };
    // Also handles the rejection of a result that nobody waits for.
    promise.then(
      () => end('completed'),
      () => end('failed'),
    );
  }

  get state(): 'pending' | 'completed' | 'failed' | 'cancelled' {
    return this.#state;
  }

  /** Resolves with the result, rejects with the error of the work or an AbortError. */
  result(): Promise<T> {
    return this.#promise;
  }

  /** Calls the work off. False when it was over already. */
  cancel(): boolean {
    if (this.#state !== 'pending') return false;
    this.#state = 'cancelled';
    this.#cancel();
    return true;
  }

  /** Calls back once, when the work is over, however it ended. */
  onDone(callback: (outcome: PromiseSettledResult<T>) => void): this {
    this.#promise.then(
      (value) => callback({ status: 'fulfilled', value }),
      (reason: unknown) => callback({ status: 'rejected', reason }),
    );
    return this;
  }
}
