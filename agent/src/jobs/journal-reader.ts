import { closeSync, openSync, readSync } from 'node:fs';
import type { JobEvent } from '@hearth/contract';
import { parseJournalLine } from './journal-line.ts';

const newline = 0x0a;
/** Every so many lines the reader remembers where one begins. */
const stride = 256;
const chunkBytes = 64 * 1024;

/**
 * Reads a journal that may still be growing, from any sequence number on. What it keeps in memory is one
 * offset per 256 lines and, while reading, the lines of one answer. It reads at once, not through the thread pool:
 * what has just been written lies in memory, and a job's first and last words shall not wait for others' files.
 */
export class JournalReader {
  readonly #path: string;
  /** Offset of line 1, 257, 513, … as far as they have been passed. */
  readonly #offsets = [0];
  /** Where the last answer ended: reading on from there needs no search. */
  #cursor = { seq: 1, offset: 0 };
  #file: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Whole lines from `firstSeq`, at most `limit` and about `maxBytes` (but one at least); empty at the end. */
  read(firstSeq: number, limit: number, maxBytes = 256 * 1024): JobEvent[] {
    this.#file ??= openIfThere(this.#path);
    if (this.#file === undefined) return [];
    const events: JobEvent[] = [];
    let bytes = 0;
    for (const line of this.#lines(this.#file, firstSeq)) {
      events.push(parseJournalLine(line.toString('utf8')));
      bytes += line.length;
      if (events.length >= limit || bytes >= maxBytes) break;
    }
    return events;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  *#lines(file: number, firstSeq: number): Generator<Buffer> {
    let { seq, offset } = this.#nearest(firstSeq);
    let pending: Buffer = Buffer.alloc(0);
    for (let position = offset; ; ) {
      const chunk = Buffer.allocUnsafe(chunkBytes);
      const bytesRead = readSync(file, chunk, 0, chunk.length, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      const data = Buffer.concat([pending, chunk.subarray(0, bytesRead)]);
      let start = 0;
      for (let end = data.indexOf(newline); end >= 0; end = data.indexOf(newline, start)) {
        const line = data.subarray(start, end);
        offset += end + 1 - start;
        start = end + 1;
        seq += 1;
        this.#remember(seq, offset);
        if (seq > firstSeq) yield line;
      }
      pending = data.subarray(start);
    }
  }

  #nearest(seq: number): { seq: number; offset: number } {
    if (this.#cursor.seq <= seq && seq - this.#cursor.seq < stride) return this.#cursor;
    const index = Math.min(this.#offsets.length - 1, Math.floor((seq - 1) / stride));
    return { seq: index * stride + 1, offset: this.#offsets[index] ?? 0 };
  }

  #remember(seq: number, offset: number): void {
    this.#cursor = { seq, offset };
    if ((seq - 1) % stride === 0) this.#offsets[(seq - 1) / stride] = offset;
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** All that a job has told so far. */
export function* eventsOf(path: string): Generator<JobEvent & { seq: number }> {
  const reader = new JournalReader(path);
  try {
    for (let seq = 1; ; ) {
      const events = reader.read(seq, 500);
      if (events.length === 0) return;
      for (const event of events) {
        yield { ...event, seq };
        seq += 1;
      }
    }
  } finally {
    reader.close();
  }
}

/** The end a job has told, and its sequence number; undefined while it has told none. */
export function findFinished(path: string): { seq: number } | undefined {
  for (const { type, seq } of eventsOf(path)) if (type === 'finished') return { seq };
  return undefined;
}
