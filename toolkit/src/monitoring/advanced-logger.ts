import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Level, type Logger, multistream, pino, stdTimeFunctions } from 'pino';
import { defaultDirectory } from '../storage/default-directory.ts';
import { RollingFile } from './rolling-file.ts';

export interface AdvancedLoggerOptions {
  /** Default `~/.hearth/toolkit/logs`. */
  directory?: string;
  /** Default 10 MiB. */
  maxFileBytes?: number;
  /** Files kept, the one being written included. Default 5, at least 2. */
  maxFiles?: number;
  /** Where lines go besides the files. Default standard output; `false` for nowhere. */
  console?: { write(line: string): unknown } | false;
  /** Lowest level that is written. Default `info`. */
  level?: Level;
  /** Entries kept for `getRecentLogs`. Default 1000. */
  keepRecent?: number;
}

/** One line of the log. Other fields are those that were logged. */
export interface LogEntry {
  level: string;
  /** UTC, ISO 8601. */
  time: string;
  name?: string;
  msg?: string;
  [field: string]: unknown;
}

/** Structured logs (pino) to the console and to files that roll over. */
export class AdvancedLogger {
  readonly #file: RollingFile;
  readonly #root: Logger;
  readonly #recent: LogEntry[] = [];

  constructor(options: AdvancedLoggerOptions = {}) {
    const {
      directory = join(defaultDirectory(), 'logs'),
      maxFileBytes = 10 * 1024 ** 2,
      maxFiles = 5,
    } = options;
    const { console = process.stdout, level = 'info', keepRecent = 1000 } = options;
    if (!(maxFiles >= 2)) throw new RangeError('maxFiles must be at least 2');
    this.#file = new RollingFile({ directory, maxFileBytes, maxFiles });
    const remember = (line: string) => {
      this.#recent.push(JSON.parse(line) as LogEntry);
      if (this.#recent.length > keepRecent) this.#recent.shift();
    };
    const sinks = [{ write: remember }, this.#file, ...(console ? [console] : [])];
    const streams = multistream(
      sinks.map((sink) => ({ level, stream: { write: (line: string) => void sink.write(line) } })),
    );
    const formatters = { level: (label: string) => ({ level: label }) };
    this.#root = pino({ level, base: null, timestamp: stdTimeFunctions.isoTime, formatters }, streams);
  }

  /** A pino logger whose lines carry `name`. */
  getLogger(name: string): Logger {
    return this.#root.child({ name });
  }

  /** The newest entries of this process, latest first. */
  getRecentLogs(limit = 100): LogEntry[] {
    return this.#recent.slice(Math.max(0, this.#recent.length - limit)).reverse();
  }

  /** Writes all that the files hold, the oldest first, into one file. */
  async exportLogs(file: string): Promise<void> {
    await this.flush();
    const parts = await this.#file.list();
    await pipeline(async function* () {
      for (const part of parts) yield* createReadStream(part);
    }, createWriteStream(file));
  }

  /** Resolves once every line is written. @throws what kept the files from being written */
  flush(): Promise<void> {
    return this.#file.flush();
  }

  /** Writes what is left and closes the file. */
  close(): Promise<void> {
    return this.#file.close();
  }
}
