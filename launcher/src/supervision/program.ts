/** One of our own programs as a supervised child: told to stop by SIGTERM, released by a lost IPC channel. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { keepRunning, type Life } from './keep-running.ts';
import { parseReady, type Ready, type Resident } from './resident.ts';

interface Listener {
  push: (chunk: Uint8Array) => void;
  end: () => void;
}

const LAST_WORDS_MS = 100;
/** A start leaves much garbage, and an idle program never collects it: 265 MB against 135 MB for the server. */
const NODE_FLAGS = ['--max-semi-space-size=8'];

export interface ProgramOptions {
  name: string;
  /** The file Node runs. */
  script: string;
  args?: string[];
  cwd: string;
  /** Asked at every start. */
  env: () => NodeJS.ProcessEnv;
  /** Asked at every start: who hears what it prints. */
  listen: () => Listener;
  say: (line: string) => void;
  onReady?: (ready: Ready) => void;
  stopLimitMs: number;
  giveUpAfterMs?: number;
}

function describeEnd(name: string, code: number | null, signal: NodeJS.Signals | null): string {
  return signal ? `the ${name} was killed (${signal})` : `the ${name} ended (code ${code})`;
}

/** In a session of its own, so that a Ctrl-C in the terminal comes to us alone and we stop things in order. */
function spawnProgram({ script, args = [], cwd, env }: ProgramOptions): ChildProcess {
  return spawn(process.execPath, [...NODE_FLAGS, script, ...args], {
    cwd,
    env: env(),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

/** Its last words come before its end, unless one of its own children keeps the pipe open. */
async function hearOut(child: ChildProcess, listener: Listener): Promise<void> {
  await once(child, 'close', { signal: AbortSignal.timeout(LAST_WORDS_MS) }).catch(() => undefined);
  listener.end();
}

function follow(child: ChildProcess, { name, listen, onReady }: ProgramOptions): Life {
  let isReady = false;
  const listener = listen();
  child.stdout?.on('data', listener.push);
  child.stderr?.on('data', listener.push);
  child.on('message', (message) => {
    const ready = parseReady(message);
    if (!ready) return;
    isReady = true;
    onReady?.(ready);
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`the ${name} could not be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      void hearOut(child, listener).then(() => resolve(describeEnd(name, code, signal)));
    });
  });
  return { ended, wasReady: () => isReady };
}

export function keepProgram(options: ProgramOptions): Resident {
  const stopping = new AbortController();
  let child: ChildProcess | undefined;
  const finished = keepRunning({
    begin: async () => {
      child = spawnProgram(options);
      return follow(child, options);
    },
    say: options.say,
    stopping: stopping.signal,
    giveUpAfterMs: options.giveUpAfterMs,
  });
  const hurry = () => {
    child?.kill('SIGKILL');
  };
  return {
    finished,
    hurry,
    async stop() {
      stopping.abort();
      child?.kill('SIGTERM');
      const limit = setTimeout(() => {
        options.say(`the ${options.name} does not stop and is killed`);
        hurry();
      }, options.stopLimitMs);
      await finished.catch(() => undefined);
      clearTimeout(limit);
    },
  };
}
