import { type FileHandle, open } from 'node:fs/promises';
import type { JobEvent } from '@hearth/contract';
import { parseJournalLine } from './journal-line.ts';

const newline = 0x0a;
/** Every so many lines the reader remembers where one begins. */
const stride = 256;

/**
 * Reads a journal that may still be growing, from any sequence number on. What it keeps in memory is one
 * offset per 256 lines and, while reading, the lines of one answer.
 */
export class JournalReader {
  readonly #path: string;
  /** Offset of line 1, 257, 513, … as far as they have been passed. */
  readonly #offsets = [0];
  /** Where the last answer ended: reading on from there needs no search. */
  #cursor = { seq: 1, offset: 0 };

  constructor(path: string) {
    this.#path = path;
  }

  /** Whole lines from `firstSeq`, at most `limit` and about `maxBytes` (but one at least); empty at the end. */
  async read(firstSeq: number, limit: number, maxBytes = 256 * 1024): Promise<JobEvent[]> {
    const file = await open(this.#path, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (!file) return [];
    try {
      const events: JobEvent[] = [];
      let bytes = 0;
      for await (const line of this.#lines(file, firstSeq)) {
        events.push(parseJournalLine(line.toString('utf8')));
        bytes += line.length;
        if (events.length >= limit || bytes >= maxBytes) break;
      }
      return events;
    } finally {
      await file.close();
    }
  }

  async *#lines(file: FileHandle, firstSeq: number): AsyncGenerator<Buffer> {
    let { seq, offset } = this.#nearest(firstSeq);
    let pending: Buffer = Buffer.alloc(0);
    for (let position = offset; ; ) {
      const chunk = Buffer.allocUnsafe(64 * 1024);
      const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
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

/** The end a job has told, and its sequence number; undefined while it has told none. */
export async function findFinished(path: string) {
  const reader = new JournalReader(path);
  for (let seq = 1; ; ) {
    const events = await reader.read(seq, 500);
    if (events.length === 0) return undefined;
    const index = events.findIndex((event) => event.type === 'finished');
    if (index >= 0) return { seq: seq + index };
    seq += events.length;
  }
}
