import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../platform/errors.ts';

/** A file that has arrived whole and is on the disk, but not yet kept. */
export interface IncomingFile {
  path: string;
  sha256: string;
  sizeBytes: number;
}

/** Writes a stream to a file of its own, digesting on the way; memory stays at the streams' buffers. */
export async function receiveFile(source: Readable, folder: string, maxBytes: number): Promise<IncomingFile> {
  const path = join(folder, `${randomUUID()}.part`);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    await pipeline(
      // Not destroyed on failure: a request's socket must live on to carry the refusal.
      source.iterator({ destroyOnReturn: false }),
      async function* measure(chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          sizeBytes += chunk.length;
          if (sizeBytes > maxBytes)
            throw new AppError('request.too_large', `The file is larger than ${maxBytes} bytes.`, {
              maxBytes,
            });
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(path, { flags: 'wx', mode: 0o600 }),
    );
    await syncFile(path);
    return { path, sha256: hash.digest('hex'), sizeBytes };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
