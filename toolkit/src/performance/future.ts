/** A result that is on its way, and the means to call it off. */
export class Future<T> {
  readonly #promise: Promise<T>;
  readonly #stop: AbortController;
  #state: 'pending' | 'completed' | 'failed' | 'cancelled' = 'pending';

  /** @param start begins the work; gets the signal that `cancel` and `outer` abort */
  constructor(start: (signal: AbortSignal) => Promise<T>, outer?: AbortSignal) {
    this.#stop = new AbortController();
    const signal = outer ? AbortSignal.any([this.#stop.signal, outer]) : this.#stop.signal;
    this.#promise = start(signal).then(
      (value) => {
        this.#state = 'completed';
        return value;
      },
      (error: unknown) => {
        this.#state = signal.aborted ? 'cancelled' : 'failed';
        throw error;
      },
    );
    // Who only wants a callback, or nothing, shall not get an unhandled rejection.
    this.#promise.catch(() => undefined);
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
    this.#stop.abort();
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
