/** PostgreSQL writes to a file of its own, so that its words survive us; we keep that file small. */
import { constants } from 'node:fs';
import { copyFile, mkdir, open, stat, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';

const LOG_LIMIT_BYTES = 5 * 1024 * 1024;

/** Keeps one older file. Copy and cut, because the server goes on appending to the descriptor it has. */
export async function rotateLog(path: string, limitBytes = LOG_LIMIT_BYTES): Promise<boolean> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size <= limitBytes) return false;
  await copyFile(path, `${path}.1`);
  await truncate(path, 0);
  return true;
}

export async function openLog(path: string) {
  await mkdir(dirname(path), { recursive: true });
  await rotateLog(path);
  return open(path, constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY, 0o600);
}

/** What was written to the log after `fromByte`, last lines first in interest: at most 2 kB of them. */
export async function readLogSince(path: string, fromByte: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const start = Math.max(fromByte, size - 2048);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.max(0, size - start)), {
      position: start,
    });
    return buffer.subarray(0, bytesRead).toString();
  } finally {
    await file.close();
  }
}
