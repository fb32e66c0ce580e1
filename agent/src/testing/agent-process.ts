import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ScriptedServer } from './scripted-server.ts';

const main = join(import.meta.dirname, '../main.ts');

/** Starts the real agent; what it says goes to `said`. */
export function startAgent(
  server: Pick<ScriptedServer, 'url' | 'invitation'>,
  home: string,
  env: NodeJS.ProcessEnv = {},
  cwd = home,
) {
  const child: ChildProcess = spawn(process.execPath, [main], {
    cwd,
    env: {
      ...process.env,
      HEARTH_SERVER_URL: server.url,
      HEARTH_HOME: home,
      HEARTH_NODE_INVITATION: server.invitation,
      LOG_LEVEL: 'debug',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => said.push(text));
  const exited = once(child, 'exit');
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
  };
  onTestFinished(() => stop('SIGTERM'));
  return { child, said, stop, stopped: exited };
}
