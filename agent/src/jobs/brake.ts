import type { Log } from '../log.ts';

/** A program that is held up; said again, whatever it began meanwhile is held up too. */
export interface Pause {
  pause(): void;
  resume(): void;
}

export interface BrakeOptions {
  pause: () => Pause;
  /** Asks for another look at how far ahead the program is. */
  onLook: () => void;
  log: Log;
}

/** So much of what a program wrote may lie on the disk beyond what is kept of it. */
export const mostAheadBytes = 64 * 1024 * 1024;
/** From here on it is looked at more often than what it writes is taken in: a gigabyte a second is 2 MB in 2 ms. */
const nearBytes = 8 * 1024 * 1024;
const lookMs = 2;
const heldLookMs = 5;

/**
 * Holds a program up that writes faster than what is not kept of it can be given back to the disk, and lets it go on
 * when half of that has been given back. Between two looks, and within one call of the system, it can still write.
 */
export class Brake {
  readonly #options: BrakeOptions;
  #held: Pause | undefined;
  #seenBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #wasUsed = false;

  constructor(options: BrakeOptions) {
    this.#options = options;
  }

  see(aheadBytes: number): void {
    const grownBytes = aheadBytes - this.#seenBytes;
    this.#seenBytes = aheadBytes;
    // Until the next look as much may come again: on a busy machine that is more than it should be.
    if (aheadBytes + grownBytes > mostAheadBytes) this.#holdIfGrown(grownBytes);
    else if (aheadBytes <= mostAheadBytes / 2) this.#letGo();
    if (aheadBytes > nearBytes)
      this.#timer ??= setTimeout(() => this.#look(), this.#held ? heldLookMs : lookMs);
  }

  /** Holds the program up however little it has written, until it is released or seen to be less far ahead. */
  hold(): void {
    this.#held ??= this.#options.pause();
    this.#held.pause();
  }

  /** There is nobody left to be held up. */
  release(): void {
    this.#letGo();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    this.#timer = undefined;
    this.#options.onLook();
  }

  #holdIfGrown(grownBytes: number): void {
    if (this.#held && grownBytes <= 0) return;
    this.hold();
    if (!this.#wasUsed)
      this.#options.log.info('The program writes faster than can be given back; it is paused now and then.');
    this.#wasUsed = true;
  }

  #letGo(): void {
    this.#held?.resume();
    this.#held = undefined;
  }
}
