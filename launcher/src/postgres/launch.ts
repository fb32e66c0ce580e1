/** Starts the server process and sees it through to its first answer. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import type { Binaries } from './binaries.ts';
import { answersWithin } from './database.ts';
import { openLog, readLogSince } from './log-file.ts';
import type { PostgresPaths } from './paths.ts';
import { directoryMark } from './postmaster.ts';
import { type Account, spawnOptions } from './run-program.ts';
import { settingsFlags } from './settings.ts';
import { openWorkplace } from './workplace.ts';

export interface LaunchOptions {
  paths: PostgresPaths;
  binaries: Binaries;
  account: Account | undefined;
  durable: boolean;
  timeoutMs: number;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export type Launch = { ok: true; pid: number; exited: Promise<Ended> } | { ok: false; reason: string };

/**
 * In a session of its own: a Ctrl-C in the terminal must reach the server last, and it lives on when we
 * are killed, to be adopted by our successor.
 */
async function spawnServer({ paths, binaries, account, durable }: LaunchOptions) {
  await using place = await openWorkplace([paths.data, paths.socket], account);
  await using log = await openLog(paths.log);
  const flags = settingsFlags({ durable, mark: await directoryMark(paths.data) });
  const child = spawn(binaries.postgres, ['-D', place.names[0]!, '-k', place.names[1]!, ...flags], {
    ...spawnOptions({ account, env: binaries.env }),
    detached: true,
    stdio: ['ignore', log.fd, log.fd, ...place.inherited],
  });
  await once(child, 'spawn');
  child.on('error', () => undefined);
  return child;
}

export async function launchPostgres(options: LaunchOptions): Promise<Launch> {
  const { paths, timeoutMs } = options;
  const logStart = await stat(paths.log).then(
    ({ size }) => size,
    () => 0,
  );
  const child = await spawnServer(options);
  let ended: Ended | undefined;
  const exited = new Promise<Ended>((resolve) => {
    child.once('exit', (code, signal) => {
      ended = { code, signal };
      resolve(ended);
    });
  });
  if (await answersWithin(paths.socket, timeoutMs, () => ended !== undefined)) {
    return { ok: true, pid: child.pid!, exited };
  }
  const said = (await readLogSince(paths.log, logStart)).trim();
  if (!ended) child.kill('SIGQUIT');
  return {
    ok: false,
    reason: said.split('\n').find((line) => /FATAL|PANIC/.test(line)) ?? (said || 'no word'),
  };
}
