/** Ctrl-C, SIGTERM or a closed terminal stop the house; the same again, after a moment, hurries. */
import type { EventEmitter } from 'node:events';

/** The terminal and npm each pass the same Ctrl-C on. */
const SAME_ORDER_MS = 700;

export function onStopOrders(
  source: EventEmitter,
  now: () => number = () => performance.now(),
): { stop: Promise<void>; hurry: Promise<void> } {
  const stop = Promise.withResolvers<void>();
  const hurry = Promise.withResolvers<void>();
  let firstAt: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] satisfies NodeJS.Signals[]) {
    source.on(signal, () => {
      if (firstAt !== undefined && now() - firstAt > SAME_ORDER_MS) hurry.resolve();
      firstAt ??= now();
      stop.resolve();
    });
  }
  return { stop: stop.promise, hurry: hurry.promise };
}
