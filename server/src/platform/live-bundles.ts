/** What carries a socket's frames: what is written between the two goes out in one piece. */
export interface Wire {
  cork(): void;
  uncork(): void;
  readonly writableLength: number;
}

const mostHeldBytes = 64 * 1024;

/**
 * Spares system calls while much is told. The first frame to a quiet wire leaves at once; those that follow within
 * `holdMs` wait for each other and leave together, and so on until the wire is quiet again.
 */
export class LiveBundles {
  readonly #holdMs: number;
  #recent = new Set<Wire>();
  #held = new Set<Wire>();
  #timer: NodeJS.Timeout | undefined;
  constructor(holdMs = 5) {
    this.#holdMs = holdMs;
  }

  /** To be called before a frame is written. */
  before(wire: Wire): void {
    if (this.#held.has(wire)) {
      if (wire.writableLength > mostHeldBytes) {
        wire.uncork();
        wire.cork();
      }
    } else if (this.#recent.has(wire)) {
      wire.cork();
      this.#held.add(wire);
    } else {
      this.#recent.add(wire);
      this.#timer ??= setTimeout(() => this.#release(), this.#holdMs);
    }
  }

  #release(): void {
    const released = this.#held;
    this.#held = new Set();
    this.#recent = released;
    this.#timer = released.size > 0 ? setTimeout(() => this.#release(), this.#holdMs) : undefined;
    for (const wire of released) wire.uncork();
  }
}
