/** The embedded PostgreSQL as a resident: when it dies it is back within a second; the server reconnects. */
import { type RunningPostgres, startPostgres } from '../postgres/index.ts';
import { keepRunning, type Life } from './keep-running.ts';
import type { Resident } from './resident.ts';

interface Options {
  home: string;
  say: (line: string) => void;
}

/** Resolves once it serves; a first start that fails rejects with the reason. */
export async function keepPostgres({ home, say }: Options): Promise<Resident & { url: string }> {
  const stopping = new AbortController();
  const start = () => startPostgres({ home, log: say });
  const first = await start();
  let next: RunningPostgres | undefined = first;
  let running: RunningPostgres | undefined = first;
  const begin = async (): Promise<Life> => {
    running = next ?? (await start());
    next = undefined;
    // The order to stop may have come while it was starting.
    if (stopping.signal.aborted) await running.stop();
    const ended = running.exited.then(({ code, signal }) => {
      running = undefined;
      return `PostgreSQL ended (${signal ?? `code ${code}`})`;
    });
    return { ended, wasReady: () => true };
  };
  const finished = keepRunning({ begin, say, stopping: stopping.signal });
  return {
    url: first.url,
    finished,
    // Its own shutdown has limits, and cutting it short only makes the next start slower.
    hurry: () => undefined,
    async stop() {
      stopping.abort();
      await running?.stop();
      await finished;
    },
  };
}
