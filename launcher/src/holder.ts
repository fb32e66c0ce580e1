/** One launcher per HEARTH_HOME. The kernel keeps the lock; beside it stands who holds it, for people. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { tryLock } from './file-lock.ts';

const Holder = z.object({ pid: z.number(), since: z.iso.datetime(), url: z.string().optional() });
type Holder = z.output<typeof Holder>;

/** The directory can't be ours, and why. */
export class HeldError extends Error {
  override name = 'HeldError';
}

export interface Hold {
  /** Tells a second start where the first one serves. */
  setUrl(url: string): Promise<void>;
  release(): void;
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return Holder.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    // Being written at this moment: the lock alone says enough.
    return undefined;
  }
}

function describeHolder(home: string, holder: Holder | undefined): string {
  if (!holder) return `Hearth already runs on ${home}.`;
  const where = holder.url ? `, at ${holder.url}` : '';
  return `Hearth already runs on ${home}: process ${holder.pid}, since ${holder.since}${where}. Stop that one, or set HEARTH_HOME to another directory.`;
}

async function lockHome(home: string) {
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
    return tryLock(join(home, 'holder.lock'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HeldError(`${home} can't be used as HEARTH_HOME: ${reason}.`);
  }
}

/** Takes the directory, or throws HeldError with who has it. */
export async function holdHome(home: string, now: Date): Promise<Hold> {
  const path = join(home, 'holder.json');
  const lock = await lockHome(home);
  if (!lock) throw new HeldError(describeHolder(home, await readHolder(path)));
  const write = (url?: string) =>
    writeFile(path, JSON.stringify({ pid: process.pid, since: now.toISOString(), url } satisfies Holder));
  await write();
  return { setUrl: write, release: lock.release };
}
