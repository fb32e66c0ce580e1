import { createHash, type Hash } from 'node:crypto';
import { constants, type FileHandle, mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { AppError } from '../platform/errors.ts';
import { FileWindow } from './facts/file-window.ts';
import { syncFile } from './incoming-file.ts';

/** Digest of one piece, as the sender announced it. */
export interface Checksum {
  algorithm: string;
  digest: Buffer;
}
interface Piece {
  offset: number;
  /** Length of the whole file. */
  sizeBytes: number;
  checksum?: Checksum | undefined;
  /** Ends it, and its connection with it. */
  signal: AbortSignal;
}

/** A file that arrives in pieces, maybe over days; its length is how far it is. */
export class PartialFile {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }

  async create(): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    const file = await open(this.path, 'wx', 0o600);
    await file.close();
    await syncFile(dirname(this.path));
  }

  /** 0 where it is gone: then the server had trouble with the whole file, and it has to come again. */
  async length(): Promise<number> {
    try {
      return (await stat(this.path)).size;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
      throw error;
    }
  }

  /**
   * Appends a piece; what has come when the stream is cut stays, on the disk. A piece that goes beyond the whole, or
   * has another digest than announced, leaves nothing.
   */
  async append(source: Readable, { offset, sizeBytes, checksum, signal }: Piece): Promise<number> {
    const file = await open(this.path, constants.O_RDWR | constants.O_CREAT, 0o600);
    const hash = checksum && createHash(checksum.algorithm);
    const end = () => source.destroy(new AppError('request.aborted', 'A newer request took its place.'));
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    try {
      const at = await write(source, file, { offset, sizeBytes, hash });
      if (checksum && !hash?.digest().equals(checksum.digest)) {
        await file.truncate(offset);
        throw new AppError('upload.checksum_mismatch', 'The piece has another digest than announced.');
      }
      await file.datasync();
      return at;
    } catch (error) {
      // Why it failed says more than that what had come could not be secured either.
      await file.datasync().catch(() => undefined);
      throw error;
    } finally {
      signal.removeEventListener('abort', end);
      await file.close();
    }
  }

  /** Reads it from the beginning: a restart in between forgets nothing that counts. */
  async digest(): Promise<string> {
    const hash = createHash('sha256');
    await using file = await FileWindow.open(this.path);
    for await (const chunk of file.chunks()) hash.update(chunk);
    return hash.digest('hex');
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }
}

interface Writing {
  offset: number;
  sizeBytes: number;
  hash: Hash | undefined;
}

async function write(source: Readable, file: FileHandle, { offset, sizeBytes, hash }: Writing) {
  let at = offset;
  // Not destroyed on failure: a request's socket must live on to carry the refusal.
  for await (const chunk of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    if (at + chunk.length > sizeBytes) {
      await file.truncate(offset);
      throw new AppError('request.too_large', `More arrived than the announced ${sizeBytes} bytes.`, {
        maxBytes: sizeBytes,
      });
    }
    hash?.update(chunk);
    // A disk that is almost full takes a part: what is not written must not count.
    for (let done = 0; done < chunk.length; )
      done += (await file.write(chunk, done, chunk.length - done, at + done)).bytesWritten;
    at += chunk.length;
  }
  return at;
}
