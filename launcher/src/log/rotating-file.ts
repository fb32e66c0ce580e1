/** An append-only file that starts anew when it is full and keeps a few older ones: `x.log`, `x.log.1`, … */
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export interface RotatingFile {
  /** Written before it returns: the lines before a crash are the ones that are wanted. */
  append(line: string): void;
  close(): void;
}

function shift(path: string, keep: number): void {
  rmSync(`${path}.${keep}`, { force: true });
  for (let number = keep - 1; number >= 0; number -= 1) {
    const from = number === 0 ? path : `${path}.${number}`;
    try {
      renameSync(from, `${path}.${number + 1}`);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
}

export function openRotatingFile(path: string, { limitBytes = 5_000_000, keep = 3 } = {}): RotatingFile {
  mkdirSync(dirname(path), { recursive: true });
  const open = () => openSync(path, 'a', 0o600);
  let descriptor = open();
  let sizeBytes = fstatSync(descriptor).size;
  return {
    append(line) {
      const bytes = Buffer.from(`${line}\n`);
      if (sizeBytes > 0 && sizeBytes + bytes.length > limitBytes) {
        closeSync(descriptor);
        shift(path, keep);
        descriptor = open();
        sizeBytes = 0;
      }
      sizeBytes += writeSync(descriptor, bytes);
    },
    close: () => closeSync(descriptor),
  };
}
