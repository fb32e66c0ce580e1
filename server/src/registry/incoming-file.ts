import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { AppError } from '../platform/errors.ts';

/** A file that has arrived whole and is on the disk, but not yet kept. */
export interface IncomingFile {
  path: string;
  sha256: string;
  sizeBytes: number;
}

/** Writes a stream to a file of its own, digesting on the way; memory stays at the stream's buffer. */
export async function receiveFile(source: Readable, folder: string, maxBytes: number): Promise<IncomingFile> {
  const path = join(folder, `${randomUUID()}.part`);
  // Opened before anything can fail: a file still being opened would appear after its removal.
  const file = await open(path, 'wx', 0o600);
  try {
    return { path, ...(await writeDigesting(source, file, maxBytes).finally(() => file.close())) };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

async function writeDigesting(source: Readable, file: FileHandle, maxBytes: number) {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  // Not destroyed on failure: a request's socket must live on to carry the refusal.
  for await (const chunk of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes)
      throw new AppError('request.too_large', `The file is larger than ${maxBytes} bytes.`, { maxBytes });
    hash.update(chunk);
    await file.appendFile(chunk);
  }
  await file.sync();
  return { sha256: hash.digest('hex'), sizeBytes };
}

export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
