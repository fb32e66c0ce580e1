import { randomUUID } from 'node:crypto';
import { readdirSync, renameSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../log.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** Code that no job has used for so long is removed; the server has it, should one want it again. */
export const keptMs = 30 * dayMs;
/** What a process that was killed left half laid down. */
const unfinishedMs = dayMs;

export interface OldCode {
  /** Folder of the cache; a bundle's name in it is its digest. */
  folder: string;
  /** Digests that jobs on this node run or may yet begin with. */
  inUse: () => ReadonlySet<string>;
  now: number;
}

/** Removes what has not been used for long; the digests of that. Safe beside jobs of this process that begin meanwhile. */
export async function removeOldCode({ folder, inUse, now }: OldCode): Promise<string[]> {
  const removed: string[] = [];
  for (const name of readdirSync(folder)) {
    const isUnfinished = name.endsWith('.new');
    if (!isUnfinished && !/^[0-9a-f]{64}$/.test(name)) continue;
    const path = join(folder, name);
    const usedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now;
    if (now - usedAt < (isUnfinished ? unfinishedMs : keptMs) || inUse().has(name)) continue;
    // Out of the way at once, so that nobody finds it half removed.
    const away = isUnfinished ? path : `${path}.${randomUUID()}.new`;
    if (!isUnfinished) {
      renameSync(path, away);
      removed.push(name);
    }
    await rm(away, { recursive: true, force: true });
  }
  return removed;
}

/** Does so now, and every day from now on. */
export function startRemovingOldCode(options: Omit<OldCode, 'now'> & { log: Log }): { stop(): void } {
  const { log, ...given } = options;
  const remove = () =>
    removeOldCode({ ...given, now: Date.now() }).then(
      (digests) => digests.length > 0 && log.info({ digests }, 'Code that was not used for long is removed.'),
      (err: unknown) => log.warn({ err }, 'Old code could not be removed.'),
    );
  void remove();
  const timer = setInterval(remove, dayMs).unref();
  return { stop: () => clearInterval(timer) };
}
