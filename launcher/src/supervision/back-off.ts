/** How long to wait before a program that ended is started again. */
export interface Ending {
  /** It had reported that it is ready. */
  wasReady: boolean;
  /** How long it lived. */
  livedMs: number;
}

const FIRST_MS = 100;
const LIMIT_MS = 10_000;
/** A program that was ready can be killed again and again and must still be back within seconds. */
const LIMIT_ONCE_READY_MS = 1_000;
const HEALTHY_AFTER_MS = 30_000;

/** Failures in a row, this one included; a healthy life wipes the slate. */
export function countFailures(before: number, { wasReady, livedMs }: Ending): number {
  return wasReady && livedMs >= HEALTHY_AFTER_MS ? 1 : before + 1;
}

/** Doubles from 100 ms to 10 s. */
export function backOffMs(failuresInRow: number, { wasReady }: Ending): number {
  const limitMs = wasReady ? LIMIT_ONCE_READY_MS : LIMIT_MS;
  return Math.min(limitMs, FIRST_MS * 2 ** (failuresInRow - 1));
}
