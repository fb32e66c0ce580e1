/**
 * A lock the kernel lets go of when its holder dies, however it dies: an SQLite database nobody writes to,
 * held in exclusive mode. Node has no flock; a file with a process id in it goes stale and can't be taken
 * over without a race.
 */

import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

export interface FileLock {
  release(): void;
}

const SQLITE_BUSY = 5;

/** Keeps held locks reachable: a collected connection would let its lock go. */
const held = new Set<DatabaseSync>();

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;

/** Takes the lock, or answers undefined when another process (or thread) has it. */
export function tryLock(path: string): FileLock | undefined {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  held.add(database);
  return {
    release() {
      if (held.delete(database)) database.close();
    },
  };
}

/** Waits for the lock; undefined when `timeoutMs` passes first. */
export async function waitForLock(
  path: string,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal },
): Promise<FileLock | undefined> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const lock = tryLock(path);
    if (lock || performance.now() > deadline) return lock;
    await sleep(25, undefined, { signal });
  }
}
