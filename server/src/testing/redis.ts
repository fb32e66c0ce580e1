import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface TestRedis {
  url: string;
  /** Ends the server; `start` brings it back at the same place, empty. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Sends a signal: stopped, it keeps its connections and answers nothing. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  close(): Promise<void>;
}

/** A Redis of the test's own on a socket of its own, which keeps nothing. */
export async function startRedis(): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'hearth-redis-'));
  const path = join(folder, 'redis.sock');
  let child: ChildProcess | undefined;
  const start = async () => {
    const settings = [
      '--port',
      '0',
      '--unixsocket',
      path,
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      folder,
    ];
    const started = spawn('redis-server', settings, { stdio: 'ignore' });
    child = started;
    await once(started, 'spawn');
    while (!existsSync(path)) {
      if (started.exitCode !== null) throw new Error(`redis-server ended with ${started.exitCode}.`);
      await sleep(10);
    }
  };
  const stop = async () => {
    if (!child || child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  };
  await start();
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => void child?.kill(name);
  const close = async () => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { url: `unix://${path}`, start, stop, signal, close };
}
