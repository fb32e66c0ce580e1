import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A kept result. `expiresAtMs` is wall time: it must mean the same after a restart. */
export interface StoredResult {
  key: string;
  value: unknown;
  expiresAtMs: number;
}

/** Where results are kept. Give `ResultCache` one of your own to keep them in a database. */
export interface ResultStore {
  get(key: string): Promise<StoredResult | undefined>;
  set(result: StoredResult): Promise<void>;
  /** True when there was one to remove. */
  delete(key: string): Promise<boolean>;
  clear(): Promise<void>;
  /** Removes what expired at or before `nowMs`; resolves with how many. */
  removeExpired(nowMs: number): Promise<number>;
  count(): Promise<number>;
}

const missing = (error: NodeJS.ErrnoException) => {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
};

/** One file a result, named by the digest of its key, replaced in one step. Several processes may share it. */
export class FileResultStore implements ResultStore {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async get(key: string): Promise<StoredResult | undefined> {
    return this.#read(this.#file(key));
  }

  async set(result: StoredResult): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const file = this.#file(result.key);
    const unfinished = `${file}.${randomUUID()}.tmp`;
    await writeFile(unfinished, JSON.stringify(result), { mode: 0o600 });
    await rename(unfinished, file);
  }

  async delete(key: string): Promise<boolean> {
    return (await rm(this.#file(key)).then(() => true, missing)) ?? false;
  }

  async clear(): Promise<void> {
    await Promise.all((await this.#files()).map((file) => rm(file, { force: true })));
  }

  async removeExpired(nowMs: number): Promise<number> {
    let removed = 0;
    for (const file of await this.#files()) {
      const result = await this.#read(file);
      if (!result || result.expiresAtMs > nowMs) continue;
      await rm(file, { force: true });
      removed++;
    }
    return removed;
  }

  async count(): Promise<number> {
    return (await this.#files()).length;
  }

  #file(key: string): string {
    return join(this.#directory, `${createHash('sha256').update(key).digest('hex')}.json`);
  }

  async #files(): Promise<string[]> {
    const names = (await readdir(this.#directory).catch(missing)) ?? [];
    return names.filter((name) => name.endsWith('.json')).map((name) => join(this.#directory, name));
  }

  async #read(file: string): Promise<StoredResult | undefined> {
    const text = await readFile(file, 'utf8').catch(missing);
    return text === undefined ? undefined : (JSON.parse(text) as StoredResult);
  }
}
