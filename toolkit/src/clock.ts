/**
 * Time as the tools see it. Pass a `ManualClock` to test without sleeping.
 *
 * `now` is wall time and may jump; `monotonicMs` never goes back. Everything that measures or waits uses the
 * monotonic reading; only timestamps and cron patterns look at the wall.
 */
export interface Clock {
  /** Wall time, milliseconds since 1970. */
  now(): number;
  /** Milliseconds since an arbitrary moment, never decreasing. */
  monotonicMs(): number;
  /**
   * Runs `run` once, `delayMs` from now (0 or less: as soon as possible). Returns what calls it off.
   * A `background` timer does not keep the process alive.
   */
  after(delayMs: number, run: () => void, background?: boolean): () => void;
}

/** Node's timers fire at once when asked to wait longer than this, so longer waits are chained. */
const longestTimerMs = 2 ** 31 - 1;

/** The clock of the machine: `Date.now`, `performance.now`, `setTimeout`. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, run, background = false) {
    let timer: NodeJS.Timeout;
    const arm = (leftMs: number): void => {
      timer = setTimeout(
        () => (leftMs > longestTimerMs ? arm(leftMs - longestTimerMs) : run()),
        Math.min(leftMs, longestTimerMs),
      );
      if (background) timer.unref();
    };
    arm(Math.max(0, delayMs));
    return () => clearTimeout(timer);
  },
};

/** Where to read the time and when to give up. */
export interface Waiting {
  /** Default `systemClock`. */
  clock?: Clock;
  /** Ends the wait at once; the promise rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** Resolves after `delayMs`; rejects with the signal's reason as soon as it aborts. */
export function sleep(delayMs: number, { clock = systemClock, signal }: Waiting = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    signal?.addEventListener('abort', stop, { once: true });
  });
}
