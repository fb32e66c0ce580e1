import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import type { JobEvent } from '@hearth/contract';
import { journalLine } from './journal-line.ts';

const newline = 0x0a;

export interface Journal {
  append(event: JobEvent): void;
  close(): void;
}

/**
 * The journal of one job: one event a line, only ever appended to, the line's number is the event's sequence
 * number. A line counts once its newline is written. There is one writer at a time: the job's own process, and
 * after its end the agent.
 */
export function openJournal(path: string): Journal {
  removeTornLine(path);
  const file = openSync(path, 'a', 0o600);
  return {
    append(event) {
      const bytes = Buffer.from(journalLine(event));
      const before = fstatSync(file).size;
      try {
        for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
      } catch (error) {
        // A full disk takes half a line: the next event must not be glued to it.
        ftruncateSync(file, before);
        throw error;
      }
    },
    close: () => closeSync(file),
  };
}

/** Cuts off an unfinished last line, which no reader has counted. Only when no other process writes any more. */
function removeTornLine(path: string): void {
  const file = openSync(path, 'a+', 0o600);
  try {
    const size = fstatSync(file).size;
    const end = endOfLastLine(file, size);
    if (end < size) ftruncateSync(file, end);
  } finally {
    closeSync(file);
  }
}

function endOfLastLine(file: number, size: number): number {
  const chunk = Buffer.alloc(64 * 1024);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - chunk.length);
    const read = readSync(file, chunk, 0, end - start, start);
    const found = chunk.subarray(0, read).lastIndexOf(newline);
    if (found >= 0) return start + found + 1;
    end = start;
  }
  return 0;
}
