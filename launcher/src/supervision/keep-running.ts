/** The one loop of supervision: begin, wait for the end, wait a little, begin again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { backOffMs, countFailures } from './back-off.ts';

/** One life of a supervised thing. */
export interface Life {
  /** Resolves with how it ended, in words. */
  ended: Promise<string>;
  wasReady: () => boolean;
}

export interface KeepOptions {
  begin: () => Promise<Life>;
  say: (line: string) => void;
  stopping: AbortSignal;
  /** Give up when it has not come up once by then; undefined: never. */
  giveUpAfterMs?: number;
}

/** It never came up. What it said about it is in the log. */
export class NeverReadyError extends Error {
  override name = 'NeverReadyError';
}

const ATTEMPTS_AT_LEAST = 5;

/** Returns once told to stop; rejects with NeverReadyError. */
export async function keepRunning({ begin, say, stopping, giveUpAfterMs }: KeepOptions): Promise<void> {
  const firstStart = performance.now();
  let everReady = false;
  let failures = 0;
  while (!stopping.aborted) {
    const startedAt = performance.now();
    const life: Life = await begin().catch((error: Error) => ({
      ended: Promise.resolve(error.message),
      wasReady: () => false,
    }));
    const how = await life.ended;
    if (stopping.aborted) return;
    const ending = { wasReady: life.wasReady(), livedMs: performance.now() - startedAt };
    everReady ||= ending.wasReady;
    failures = countFailures(failures, ending);
    const isHopeless = performance.now() - firstStart > (giveUpAfterMs ?? Number.POSITIVE_INFINITY);
    if (!everReady && failures >= ATTEMPTS_AT_LEAST && isHopeless) throw new NeverReadyError(how);
    const delayMs = backOffMs(failures, ending);
    say(`${how}; starting again in ${delayMs} ms`);
    await sleep(delayMs, undefined, { signal: stopping }).catch(() => undefined);
  }
}
