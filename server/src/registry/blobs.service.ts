import { mkdir, opendir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Executor, Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { BlobsRepository } from './blobs.repository.ts';
import { type IncomingFile, receiveFile, syncFile } from './incoming-file.ts';

export interface StoredFile {
  path: string;
  sha256: string;
  sizeBytes: number;
}
export type { IncomingFile };

interface Sweeping {
  now?: number;
  signal?: AbortSignal;
}

/** Largest file taken in unless tests say otherwise. */
export const usualMaxBytes = 64 * 1024 ** 3;
const isDigest = (text: string) => /^[0-9a-f]{64}$/.test(text);

/** Files by their SHA-256: `sha256/ab/<digest>`. A file is there before its row, and gone only after it. */
export class BlobsService {
  readonly #folder: string;
  readonly #repository: BlobsRepository;
  readonly #log: Log;
  readonly #maxBytes: number;
  constructor(folder: string, repository: BlobsRepository, log: Log, maxBytes = usualMaxBytes) {
    this.#folder = folder;
    this.#repository = repository;
    this.#log = log;
    this.#maxBytes = maxBytes;
  }

  /** Takes a stream in whole; the caller then keeps or discards it. */
  async receive(source: Readable): Promise<IncomingFile> {
    await mkdir(this.#incoming, { recursive: true, mode: 0o700 });
    return receiveFile(source, this.#incoming, this.#maxBytes);
  }

  /** Puts the file into the store and commits it together with the rows that `insert` writes. */
  async keep<T>(file: IncomingFile, insert: (tx: Transaction) => Promise<T>): Promise<T> {
    try {
      return await this.#repository.locked(file.sha256, async (tx) => {
        await this.#place(file);
        await this.#repository.add(tx, file.sha256, file.sizeBytes);
        return insert(tx);
      });
    } catch (error) {
      await rm(file.path, { force: true });
      await this.release([file.sha256]).catch((err: unknown) =>
        this.#log.warn({ err, sha256: file.sha256 }, 'A file without a row waits for the next sweep.'),
      );
      throw error;
    }
  }

  async discard(file: IncomingFile): Promise<void> {
    await rm(file.path, { force: true });
  }

  /** Removes files nobody refers to any more; called after the commit that let them go. */
  async release(digests: Iterable<string>): Promise<void> {
    for (const sha256 of new Set(digests))
      await this.#repository.locked(sha256, async (tx) => {
        if (await this.#repository.removeUnused(tx, sha256)) await rm(this.#pathOf(sha256), { force: true });
      });
  }

  async get(sha256: string, executor?: Executor): Promise<StoredFile> {
    const row = await this.#repository.find(sha256, executor);
    const path = this.#pathOf(sha256);
    const found = row && (await stat(path).catch(() => undefined));
    if (!row || found?.size !== row.sizeBytes)
      throw new AppError('artifact.not_found', 'There is no stored file with this digest.', { sha256 });
    return { path, sha256, sizeBytes: row.sizeBytes };
  }

  /** Clears what a sudden end left behind: half-received files, and files whose row never came. */
  async sweep(graceMs: number, { now = Date.now(), signal }: Sweeping = {}): Promise<number> {
    let removed = 0;
    for await (const { path } of filesIn(this.#incoming)) {
      signal?.throwIfAborted();
      if (!(await isOlder(path, now - graceMs))) continue;
      await rm(path, { force: true });
      removed += 1;
    }
    for await (const { path, name } of filesIn(join(this.#folder, 'sha256'))) {
      signal?.throwIfAborted();
      if (!isDigest(name) || !(await isOlder(path, now - graceMs))) continue;
      if ((await this.#repository.known([name])).size > 0) continue;
      await this.release([name]);
      removed += 1;
    }
    if (removed > 0) this.#log.info({ removed }, 'Files without an owner were removed from the store.');
    return removed;
  }

  async #place(file: IncomingFile): Promise<void> {
    const path = this.#pathOf(file.sha256);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await rename(file.path, path);
    await syncFile(dirname(path));
  }

  get #incoming(): string {
    return join(this.#folder, 'incoming');
  }

  #pathOf(sha256: string): string {
    if (!isDigest(sha256)) throw new Error('Not a SHA-256 digest.');
    return join(this.#folder, 'sha256', sha256.slice(0, 2), sha256);
  }
}

async function isOlder(path: string, thanMs: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && found.mtimeMs <= thanMs;
}

async function* filesIn(folder: string): AsyncGenerator<{ path: string; name: string }> {
  const entries = await opendir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for await (const entry of entries)
    if (entry.isFile()) yield { path: join(entry.parentPath, entry.name), name: entry.name };
}
