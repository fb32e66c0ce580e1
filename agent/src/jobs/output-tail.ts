import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import type { JobEvent, OutputStream } from '@hearth/contract';
import type { Tell } from './job-context.ts';
import { type PunchHole, punchHole } from './punch-hole.ts';
import { strayBytes, wholeCharacters } from './utf8.ts';

export interface OutputTailOptions {
  stream: OutputStream;
  /** File the program appends to. */
  path: string;
  /** Kept, half of it from the beginning and half from the end. */
  limitBytes: number;
  tell: Tell;
  punch?: PunchHole;
  /** So much more than is kept may lie on the disk before it is given back. */
  slackBytes?: number;
}

const chunkBytes = 64 * 1024;
/** So much is taken in at a time before others have their turn. */
const turnBytes = 128 * 1024;
const block = 4096;
const chunk = Buffer.allocUnsafe(chunkBytes);

/**
 * Follows what a program writes to one of its streams and tells of it: the first half of the limit as it comes, the
 * last when the program has ended. What lies between is given back to the file system while the program still runs.
 */
export class OutputTail {
  readonly #options: Required<OutputTailOptions>;
  readonly #headBytes: number;
  #file: number | undefined;
  /** Of the stream, told or skipped so far. */
  #next = 0;
  #skipped = 0;
  #holeEnd: number;
  #isPunching = false;
  /** The file system cannot give parts of a file back. */
  isSolid = false;

  constructor(options: OutputTailOptions) {
    this.#options = { punch: punchHole, slackBytes: 16 * 1024 * 1024, ...options };
    this.#headBytes = Math.floor(options.limitBytes / 2);
    this.#holeEnd = Math.ceil(this.#headBytes / block) * block;
  }

  /** Goes on after what an agent before this one told of this stream. */
  resume({ offset, bytes, text }: Extract<JobEvent, { type: 'output' }>): void {
    this.#next = offset + (bytes ?? Buffer.byteLength(text));
  }

  /** Tells what is new; true when there may be more at once. Throws when it cannot be told (a full disk). */
  collect(): boolean {
    const end = Math.min(this.#size(), this.#headBytes);
    const until = Math.min(end, this.#next + turnBytes);
    while (this.#next < until && this.#tell(until, false));
    return this.#next < end && until < end;
  }

  /** How much the program has written by now. */
  get sizeBytes(): number {
    return this.#size();
  }

  /**
   * Gives back what is not kept. So much of that still lies on the disk (it takes a while); 0 where it stays there.
   */
  release(): number {
    const { path, limitBytes, punch, slackBytes } = this.#options;
    if (this.isSolid) return 0;
    const start = this.#holeEnd;
    // Where what would be kept of the end begins, if the program ended now.
    const end = Math.floor((this.#size() - (limitBytes - this.#headBytes)) / block) * block;
    if (end - start < slackBytes || this.#isPunching) return Math.max(0, end - start);
    this.#isPunching = true;
    void punch(path, start, end).then((isFreed) => {
      if (isFreed) this.#holeEnd = end;
      else this.isSolid = true;
      this.#isPunching = false;
    });
    return end - start;
  }

  /** Tells what is left to be told when the program writes no more. */
  async complete(): Promise<void> {
    const size = this.#size();
    const { limitBytes } = this.#options;
    if (size > limitBytes) {
      while (this.collect()) await turn();
      this.#skipTo(Math.max(this.#next, size - (limitBytes - this.#headBytes)));
    }
    for (let told = 0; this.#next < size; told += chunkBytes) {
      if (!this.#tell(size, true)) break;
      if (told > turnBytes) {
        told = 0;
        await turn();
      }
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #size(): number {
    try {
      this.#file ??= openSync(this.#options.path, 'r');
      return fstatSync(this.#file).size;
    } catch {
      return 0; // the program has not begun
    }
  }

  /** Tells one piece that ends at `until` or before; false when only half a character is there. */
  #tell(until: number, isFinal: boolean): boolean {
    if (this.#file === undefined) return false;
    const wanted = Math.min(chunkBytes, until - this.#next);
    const read = readSync(this.#file, chunk, 0, wanted, this.#next);
    const isLast = isFinal && this.#next + read >= until;
    const whole = isLast ? read : wholeCharacters(chunk, 0, read);
    if (whole === 0) return false;
    const { stream, tell } = this.#options;
    const text = chunk.toString('utf8', 0, whole);
    const skipped = this.#skipped > 0 ? { skippedBytes: this.#skipped } : {};
    tell({ type: 'output', stream, offset: this.#next, bytes: whole, ...skipped, text });
    this.#next += whole;
    this.#skipped = 0;
    return true;
  }

  #skipTo(offset: number): void {
    if (this.#file === undefined) return;
    const read = readSync(this.#file, chunk, 0, 4, offset);
    const to = offset + strayBytes(chunk.subarray(0, read));
    this.#skipped += to - this.#next;
    this.#next = to;
  }
}
