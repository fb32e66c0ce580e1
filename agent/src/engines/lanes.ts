import { EngineError } from './engine.ts';

/**
 * A fixed number of lanes, handed out first come, first served; who waits can give up. `choose` picks among the
 * free ones for a request (the lane that remembers most of its text).
 */
export class Lanes<Lane> {
  readonly #free: Lane[];
  readonly #waiting: ((lane: Lane) => void)[] = [];
  readonly #mostWaiting: number;

  constructor(lanes: readonly Lane[], mostWaiting = 100) {
    this.#free = [...lanes];
    this.#mostWaiting = mostWaiting;
  }

  async use<T>(
    signal: AbortSignal,
    choose: (free: readonly Lane[]) => number,
    work: (lane: Lane) => Promise<T>,
  ): Promise<T> {
    signal.throwIfAborted();
    const [free] = this.#free.length > 0 ? this.#free.splice(choose(this.#free), 1) : [];
    const lane = free ?? (await this.#wait(signal));
    try {
      return await work(lane);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(lane);
      else this.#free.push(lane);
    }
  }

  #wait(signal: AbortSignal): Promise<Lane> {
    if (this.#waiting.length >= this.#mostWaiting)
      throw new EngineError('inference.busy', 'Too many requests wait for this model.');
    return new Promise((resolve, reject) => {
      const take = (lane: Lane) => {
        signal.removeEventListener('abort', giveUp);
        resolve(lane);
      };
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(take), 1);
        reject(signal.reason);
      };
      this.#waiting.push(take);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }
}
