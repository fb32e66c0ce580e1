import type { LiveHub } from '../platform/live-hub.ts';
import type { JobRecord } from './jobs.types.ts';

/** News may be lost between servers; then it is read a little later. */
const lookMs = 2_000;

/**
 * What is stored of a job, and what is being stored, until it has ended: `read` answers what comes after all that it has
 * answered before. News only say when to look, so nothing is lost or told twice.
 */
export async function* follow<T>(
  live: LiveHub,
  jobId: string,
  { find, read }: { find: () => Promise<JobRecord>; read: () => Promise<T[]> },
  signal: AbortSignal,
): AsyncGenerator<T> {
  let wake = Promise.withResolvers<void>();
  const subscriber = { send: () => wake.resolve() };
  const topic = `job:${jobId}` as const;
  live.subscribe(topic, subscriber);
  const looking = setInterval(() => wake.resolve(), lookMs).unref();
  signal.addEventListener('abort', subscriber.send);
  try {
    while (!signal.aborted) {
      wake = Promise.withResolvers<void>();
      // The end is looked for first: what was told before it is then there to be read.
      const { state } = await find();
      let items = await read();
      for (; items.length > 0; items = await read()) yield* items;
      if (state === 'finished') return;
      await wake.promise;
    }
  } finally {
    clearInterval(looking);
    signal.removeEventListener('abort', subscriber.send);
    live.unsubscribe(topic, subscriber);
  }
}
