import { createWriteStream } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { transferring } from '../backoff.ts';
import { DownloadError, refusal } from './download-error.ts';
import { follow } from './follow.ts';

export interface Download {
  url: string;
  headers?: Record<string, string>;
  /** Where the bytes are gathered; what a download before left there is gone on with. */
  part: string;
  /** The bytes behind this address can never change (it names their digest), so no ETag has to vouch for them. */
  immutable?: boolean;
  /** Attempts in a row that bring no byte before it gives up; default 6. */
  patience?: number;
  /** Nothing arriving for so long counts as a cut; default 30 s. */
  stallMs?: number;
  wait?: (attempt: number) => number;
  signal: AbortSignal;
  /** Called when the size is known, before the first byte is written; may throw to refuse. */
  onSize?: (remainingBytes: number) => Promise<void>;
  onProgress?: (doneBytes: number, totalBytes: number | null) => void;
}

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => undefined))?.size ?? 0;
const tagFile = (download: Download) => `${download.part}.etag`;

/** Fetches a file, going on where it was cut as long as it is still the same file; throws DownloadError. */
export async function download(task: Download): Promise<void> {
  const wait = task.wait ?? ((failure) => transferring.delayMs(Math.max(1, failure)));
  for (let fruitless = 0; ; ) {
    const before = await sizeOf(task.part);
    try {
      await attempt(task);
      await rm(tagFile(task), { force: true });
      return;
    } catch (error) {
      task.signal.throwIfAborted();
      if (!(error instanceof DownloadError && error.transient)) throw error;
      fruitless = (await sizeOf(task.part)) > before ? 0 : fruitless + 1;
      if (fruitless >= (task.patience ?? 6)) throw error;
      await sleep(wait(fruitless), undefined, { signal: task.signal });
    }
  }
}

async function attempt(task: Download): Promise<void> {
  const had = await sizeOf(task.part);
  const tag = await readFile(tagFile(task), 'utf8').catch(() => '');
  const resuming = had > 0 && (task.immutable === true || tag !== '');
  const headers: Record<string, string> = { ...task.headers };
  if (resuming) headers.range = `bytes=${had}-`;
  if (resuming && tag !== '') headers['if-range'] = tag;

  const stalled = new AbortController();
  const signal = AbortSignal.any([task.signal, stalled.signal]);
  const { response, url } = await follow(task.url, { headers, signal });
  const range = parseContentRange(response.headers.get('content-range'));
  if (response.status === 416 && resuming) {
    await response.body?.cancel();
    if (task.immutable && range?.total === had) return;
    await rm(task.part, { force: true });
    throw new DownloadError(`${url.host} has another file now.`, { transient: true });
  }
  if (response.status !== 200 && response.status !== 206) {
    await response.body?.cancel();
    throw refusal(response.status, url);
  }
  const isPart = response.status === 206;
  if (isPart && (!resuming || range?.start !== had)) {
    await response.body?.cancel();
    throw new DownloadError(`${url.host} sent another part of the file than was asked for.`);
  }
  const start = isPart ? had : 0;
  const total = isPart ? (range?.total ?? null) : lengthOf(response);
  await task.onSize?.(total === null ? 0 : total - start);
  if (!isPart) {
    // The tag is written before the bytes it vouches for, and never outlives those of another file.
    await rm(task.part, { force: true });
    await writeFile(tagFile(task), strongTag(response));
  }
  const done = await receive(response, start, { task, stalled, total });
  if (total !== null && done !== total)
    throw new DownloadError(`${url.host} sent ${done} of ${total} bytes.`, { transient: done < total });
}

interface Receiving {
  task: Download;
  stalled: AbortController;
  total: number | null;
}

/** Writes the body to the end of the part; answers how long the part is then. */
async function receive(
  response: Response,
  start: number,
  { task, stalled, total }: Receiving,
): Promise<number> {
  let done = start;
  const watch = setTimeout(() => stalled.abort(), task.stallMs ?? 30_000);
  const count = new Transform({
    transform(chunk: Buffer, _, forward) {
      done += chunk.length;
      watch.refresh();
      task.onProgress?.(done, total);
      forward(null, chunk);
    },
  });
  const file = createWriteStream(task.part, { flags: 'a', mode: 0o600 });
  try {
    const body = response.body;
    if (body) await pipeline(Readable.fromWeb(body), count, file);
    return done;
  } catch (cause) {
    if (isDiskFault(cause)) throw cause;
    throw new DownloadError('The connection was cut.', { transient: true, cause });
  } finally {
    clearTimeout(watch);
  }
}

const isDiskFault = (error: unknown) =>
  error instanceof Error && 'code' in error && /^(ENOSPC|EDQUOT|EIO|EROFS|EACCES)$/.test(String(error.code));

function lengthOf(response: Response): number | null {
  const length = response.headers.get('content-length');
  return length !== null && /^\d+$/.test(length) ? Number(length) : null;
}

/** A weak tag vouches for the meaning, not for the bytes: nothing can be resumed on it. */
function strongTag(response: Response): string {
  const tag = response.headers.get('etag') ?? '';
  return tag.startsWith('W/') ? '' : tag;
}

export function parseContentRange(text: string | null): { start?: number; total?: number } | undefined {
  const found = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(text ?? '');
  if (!found) return undefined;
  const number = (cell: string | undefined) => (cell && /^\d+$/.test(cell) ? Number(cell) : undefined);
  return { start: number(found[1]), total: number(found[2]) };
}
