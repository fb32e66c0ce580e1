import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';
import type { Log } from '../log.ts';

/**
 * One small value kept in a file that only we may read: whole before or whole after a crash, never half. A file that
 * no longer reads is put aside, and the value begins anew.
 */
export class JsonFile<T> {
  readonly #path: string;
  readonly #schema: z.ZodType<T>;
  #value: T;

  constructor(path: string, schema: z.ZodType<T>, empty: T, log: Log) {
    this.#path = path;
    this.#schema = schema;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#value = this.#read(log) ?? empty;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    const draft = `${this.#path}.draft`;
    writeFileSync(draft, JSON.stringify(value), { mode: 0o600 });
    renameSync(draft, this.#path);
    this.#value = value;
  }

  #read(log: Log): T | undefined {
    try {
      return this.#schema.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
    } catch (err) {
      if (err instanceof Error && 'code' in err && err.code === 'ENOENT') return undefined;
      renameSync(this.#path, `${this.#path}.unreadable`);
      log.warn({ err, path: this.#path }, 'What was kept here cannot be read; it was put aside.');
      return undefined;
    }
  }
}
