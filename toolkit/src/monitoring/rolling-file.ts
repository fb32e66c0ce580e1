import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RollingStream } from 'pino-roll';

export interface RollingFileOptions {
  directory: string;
  /** A new file is begun when one reaches this size. */
  maxFileBytes: number;
  /** Files kept, the one being written included. */
  maxFiles: number;
}

const fileName = /^app\.(\d+)\.log$/;

/** `app.1.log`, `app.2.log` … in a folder, the oldest removed (pino-roll). Opens when first written to. */
export class RollingFile {
  readonly #options: RollingFileOptions;
  #opening: Promise<RollingStream> | undefined;
  #stream: RollingStream | undefined;
  #waiting: string[] = [];
  #failure: unknown;

  constructor(options: RollingFileOptions) {
    this.#options = options;
  }

  /** Hands the line over; what goes wrong is told by `flush`. */
  write(line: string): void {
    if (this.#stream) this.#stream.write(line);
    else if (this.#failure === undefined) {
      this.#waiting.push(line);
      this.#open().catch((error: unknown) => {
        this.#opening = undefined;
        this.#fail(error);
      });
    }
  }

  /**
   * Resolves once every line is on the disk.
   * @throws what kept lines from being written; the next line tries again
   */
  async flush(): Promise<void> {
    await this.#opening?.catch(() => undefined);
    if (this.#stream)
      await new Promise<void>((resolve, reject) => {
        this.#stream?.flush((error) => (error ? reject(error) : resolve()));
      });
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
  }

  /** Writes what is left and closes the file. Lines written later open it again. */
  async close(): Promise<void> {
    await this.flush();
    const stream = this.#stream;
    this.#stream = undefined;
    this.#opening = undefined;
    if (stream) await new Promise<void>((resolve) => stream.once('close', resolve).end());
  }

  /** The files there are, the oldest first. */
  async list(): Promise<string[]> {
    const names = (await readdir(this.#options.directory)).filter((name) => fileName.test(name));
    const number = (name: string) => Number(fileName.exec(name)![1]);
    return names.sort((a, b) => number(a) - number(b)).map((name) => join(this.#options.directory, name));
  }

  #open(): Promise<RollingStream> {
    this.#opening ??= this.#begin();
    return this.#opening;
  }

  async #begin(): Promise<RollingStream> {
    const { directory, maxFileBytes, maxFiles } = this.#options;
    // Only now: it brings a library of dates along that most programs never need.
    const { default: open } = await import('pino-roll');
    const stream = await open({
      file: join(directory, 'app'),
      size: `${maxFileBytes}b`,
      mkdir: true,
      minLength: 1,
      limit: { count: maxFiles - 1, removeOtherLogFiles: true },
    });
    await once(stream, 'ready');
    stream.on('error', (error) => this.#fail(error));
    this.#stream = stream;
    for (const line of this.#waiting.splice(0)) stream.write(line);
    return stream;
  }

  #fail(error: unknown): void {
    this.#failure = error;
    this.#waiting = [];
  }
}
