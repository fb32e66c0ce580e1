import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Download, download } from '../../files/download.ts';
import { createProgress, type JobContext } from '../job-context.ts';
import { JobError } from '../job-error.ts';
import { findProcess } from '../process-table.ts';

/** So much of the disk stays free for everybody else. */
const reserveBytes = 256 * 1024 * 1024;

/**
 * Downloads into a file that is named after its source and outlives the job, so that pulling the same source
 * again goes on where the last attempt ended.
 */
export async function downloadPart(
  source: string,
  task: Pick<Download, 'url' | 'headers' | 'immutable'>,
  context: JobContext,
): Promise<string> {
  const folder = context.cache.pulls;
  const part = join(folder, `${createHash('sha256').update(source).digest('hex').slice(0, 32)}.part`);
  await mkdir(folder, { recursive: true });
  await holdPart(part, source);
  const onProgress = createProgress(context);
  const onSize = (bytes: number) => requireRoom(folder, bytes);
  await download({ ...task, part, signal: context.signal, onProgress, onSize });
  return part;
}

/** Refuses when the disk could not hold so many more bytes. */
export async function requireRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (bytes + reserveBytes <= free) return;
  const gigabytes = (n: number) => (n / 1e9).toFixed(1);
  const message = `The file needs ${gigabytes(bytes)} GB more, this machine has ${gigabytes(free)} GB free.`;
  throw new JobError('storage.full', message);
}

/** Two jobs must not write into one file; a lock whose holder is gone does not count. */
async function holdPart(part: string, source: string): Promise<void> {
  const lock = `${part}.lock`;
  const own = `${process.pid} ${findProcess(process.pid)?.startTicks ?? ''}`;
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      await writeFile(lock, own, { flag: 'wx' });
      return;
    } catch (error) {
      const holder = await readFile(lock, 'utf8').catch(() => '');
      const [pid, startTicks] = holder.split(' ');
      const isHeld = holder !== own && pid && findProcess(Number(pid))?.startTicks === startTicks;
      if (isHeld) throw new JobError('pull.busy', `${source} is being pulled by another job already.`, error);
      await rm(lock, { force: true });
    }
  }
  throw new JobError('pull.busy', `${source} is being pulled by another job already.`);
}

/** Lets others have the file that was gathered here. */
export const releasePart = (path: string): Promise<void> => rm(`${path}.lock`, { force: true });
