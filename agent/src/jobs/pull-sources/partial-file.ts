import { createHash } from 'node:crypto';
import { mkdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type Download, download } from '../../files/download.ts';
import { hold } from '../../files/hold.ts';
import { createProgress, type JobContext } from '../job-context.ts';
import { JobError } from '../job-error.ts';

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
  if (!hold(`${part}.lock`))
    throw new JobError('pull.busy', `${source} is being pulled by another job already.`);
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

/** Lets others have the file that was gathered here. */
export const releasePart = (path: string): Promise<void> => rm(`${path}.lock`, { force: true });
