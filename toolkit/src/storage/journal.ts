import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { linesBackwards } from './lines-backwards.ts';

/**
 * A file of JSON lines that is only appended to. Each `append` resolves once the line is on the disk (fsync);
 * appends made at the same time share one. A line that a crash cut short is passed over when reading.
 */
export class Journal<T> {
  readonly #file: string;
  #waiting: string[] = [];
  #flushing: Promise<void> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
  }

  append(entry: T): Promise<void> {
    this.#waiting.push(`${JSON.stringify(entry)}\n`);
    this.#flushing ??= this.#next(() => this.#flush());
    return this.#flushing;
  }

  /** Every entry, the oldest first. */
  read(): Promise<T[]> {
    return this.#next(async () => {
      const text = await readFile(this.#file, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      });
      return text.split('\n').flatMap((line) => parse<T>(line));
    });
  }

  /** The newest entries that pass `wanted`, the latest first. Reads backwards, no more of the file than needed. */
  readLast(limit: number, wanted: (entry: T) => boolean = () => true): Promise<T[]> {
    return this.#next(async () => {
      const found: T[] = [];
      for await (const line of linesBackwards(this.#file)) {
        if (found.length >= limit) break;
        found.push(...parse<T>(line).filter(wanted));
      }
      return found;
    });
  }

  /** Puts these entries in place of all, in one step. */
  replace(entries: T[]): Promise<void> {
    return this.#next(async () => {
      await this.#write(`${this.#file}.new`, 'w', entries.map((e) => `${JSON.stringify(e)}\n`).join(''));
      await rename(`${this.#file}.new`, this.#file);
    });
  }

  /** One thing at a time, in order. */
  #next<R>(work: () => Promise<R>): Promise<R> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #flush(): Promise<void> {
    const lines = this.#waiting.join('');
    this.#waiting = [];
    this.#flushing = undefined;
    await this.#write(this.#file, 'a+', lines);
  }

  async #write(file: string, flags: 'a+' | 'w', text: string): Promise<void> {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(file, flags, 0o600);
    try {
      const { size } = await handle.stat();
      const torn = size > 0 && (await handle.read(Buffer.alloc(1), 0, 1, size - 1)).buffer[0] !== 0x0a;
      await handle.appendFile(torn ? `\n${text}` : text);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

function parse<T>(line: string): T[] {
  try {
    return [JSON.parse(line) as T];
  } catch {
    return [];
  }
}
