import type { Clock } from './clock.ts';

interface Timer {
  dueMs: number;
  run: () => void;
}

/** Lets promises settle that are ready to, several hops deep. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A clock that stands still until told to move: for tests of everything that takes a `Clock`. */
export class ManualClock implements Clock {
  #wallMs: number;
  #monotonicMs = 0;
  #timers: Timer[] = [];

  /** @param wallMs wall time at the start, default 2025-01-01T00:00:00Z */
  constructor(wallMs = Date.UTC(2025, 0, 1)) {
    this.#wallMs = wallMs;
  }

  now(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { dueMs: this.#monotonicMs + Math.max(0, delayMs), run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** How many timers wait: 0 proves that everything was stopped. */
  get pendingTimers(): number {
    return this.#timers.length;
  }

  /** Moves both readings forward, running each due timer at its own moment and letting promises settle. */
  async advance(byMs: number): Promise<void> {
    const targetMs = this.#monotonicMs + byMs;
    await settle();
    for (let next = this.#next(targetMs); next; next = this.#next(targetMs)) {
      this.#moveTo(next.dueMs);
      this.#timers = this.#timers.filter((other) => other !== next);
      next.run();
      await settle();
    }
    this.#moveTo(targetMs);
  }

  /** Moves the readings without running timers: for synchronous tools that only read the clock. */
  skip(byMs: number): void {
    this.#moveTo(this.#monotonicMs + byMs);
  }

  /** Changes wall time only, as a person or NTP does. */
  jumpWall(byMs: number): void {
    this.#wallMs += byMs;
  }

  #next(untilMs: number): Timer | undefined {
    return this.#timers
      .filter((timer) => timer.dueMs <= untilMs)
      .reduce<Timer | undefined>((first, t) => (first && first.dueMs <= t.dueMs ? first : t), undefined);
  }

  #moveTo(monotonicMs: number): void {
    if (monotonicMs <= this.#monotonicMs) return;
    this.#wallMs += monotonicMs - this.#monotonicMs;
    this.#monotonicMs = monotonicMs;
  }
}
