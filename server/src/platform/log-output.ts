import { type DestinationStream, pino } from 'pino';

const mostWaiting = 64 * 1024;
const holdMs = 10;

/**
 * Standard output for log lines, which wait a hundredth of a second for each other: a busy server writes a hundred at
 * once. What waits is written when the process exits, also by an exception nobody caught, and with a fatal line.
 */
export function logOutput(
  out: DestinationStream = pino.destination(1),
): DestinationStream & { flushSync(): void } {
  let waiting = '';
  const flushSync = () => {
    const lines = waiting;
    waiting = '';
    if (lines !== '') out.write(lines);
  };
  process.once('exit', flushSync);
  return {
    flushSync,
    write(line) {
      if (waiting === '') setTimeout(flushSync, holdMs).unref();
      waiting += line;
      if (waiting.length > mostWaiting) flushSync();
    },
  };
}
