/** The server process of one data directory: is there one, is it ours, has it ended. */
import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type PidFile, parsePidFile } from './pid-file.ts';

/**
 * The mark a server carries in its arguments. It names the directory itself, not its path: a copy of the
 * directory is another one, a renamed directory is still the same.
 */
export async function directoryMark(dataDir: string): Promise<string> {
  const { dev, ino } = await stat(dataDir, { bigint: true });
  // The final dot: number 12 must not be taken for 123.
  return `hearth.${dev}.${ino}.`;
}

/** The arguments of a living process; empty for a dead or defunct one. */
async function argumentsOf(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  }
  return new Promise((resolve) => {
    execFile('ps', ['-ww', '-o', 'command=', '-p', String(pid)], (error, stdout) => {
      resolve(error ? '' : stdout);
    });
  });
}

function isTaken(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

export type Postmaster =
  | { state: 'absent' }
  /** The pid file was left behind. Its number may be taken: by a stranger, or by a dead server nobody reaped. */
  | { state: 'stale'; pid: number; taken: boolean }
  | ({ state: 'running' } & PidFile);

export async function findPostmaster(dataDir: string): Promise<Postmaster> {
  const text = await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => undefined);
  const file = text === undefined ? undefined : parsePidFile(text);
  if (!file) return { state: 'absent' };
  const args = await argumentsOf(file.pid);
  if (args.includes(`cluster_name=${await directoryMark(dataDir)}`)) return { state: 'running', ...file };
  return { state: 'stale', pid: file.pid, taken: isTaken(file.pid) };
}

/** True once the process is gone (or defunct), false when `timeoutMs` passes first. */
export async function hasEnded(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    if ((await argumentsOf(pid)) === '') return true;
    if (performance.now() > deadline) return false;
    await sleep(25);
  }
}

const SHUTDOWN_STEPS: [NodeJS.Signals, number][] = [
  // Fast: open transactions are rolled back. Immediate: recovery at the next start. Both lose nothing.
  ['SIGINT', 10_000],
  ['SIGQUIT', 3_000],
  ['SIGKILL', 2_000],
];

/** Stops the server of this directory; each step only while it is still the one that was meant. */
export async function stopPostmaster(dataDir: string, pid: number): Promise<void> {
  for (const [signal, limitMs] of SHUTDOWN_STEPS) {
    const found = await findPostmaster(dataDir);
    if (found.state !== 'running' || found.pid !== pid) return;
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return;
      throw error;
    }
    if (await hasEnded(pid, limitMs)) return;
  }
}
