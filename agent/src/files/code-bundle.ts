import { createHash, randomUUID } from 'node:crypto';
import { statSync, utimesSync } from 'node:fs';
import { chmod, copyFile, mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CodeBundle } from '@hearth/contract';
import { InputValidator } from '@hearth/toolkit/security';

/** A bundle that cannot be laid out as a folder; the message is for the person whose job it is. */
export class BadBundle extends Error {}

export interface CodeRequest {
  /** Folder of the cache; a bundle's name in it is its digest. */
  folder: string;
  bundle: CodeBundle;
  /** Path of a stored file of the server on this machine. */
  fetch: (file: { sha256: string; sizeBytes: number }) => Promise<string>;
}

/** All files bear this time, so that one that was written to since shows it. */
const untouched = new Date('2000-01-01T00:00:00Z');
const atOnce = 8;

/**
 * Path of a bundle's folder, made on first use and shared by all jobs that run this code. A program is not meant to
 * write there; a file that one has changed or removed is laid down anew before the next job.
 */
export async function materializeCode({ folder, bundle, fetch }: CodeRequest): Promise<string> {
  const path = join(folder, bundle.digest);
  checkPaths(bundle);
  const damaged = bundle.files.filter((file) => !isIntact(join(path, file.path), file.sizeBytes));
  if (damaged.length === 0 && bundle.files.length > 0) {
    // By this it is known when it was used last, see old-code.ts.
    const now = new Date();
    utimesSync(path, now, now);
    return path;
  }
  checkDigest(bundle);
  const isNew = statSync(path, { throwIfNoEntry: false }) === undefined;
  const target = isNew ? join(folder, `${bundle.digest}.${randomUUID()}.new`) : path;
  await mkdir(target, { recursive: true, mode: 0o755 });
  const queue = [...(isNew ? bundle.files : damaged)];
  const work = async () => {
    for (let file = queue.shift(); file; file = queue.shift()) await layDown(file, target, fetch);
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, work));
    if (isNew) await rename(target, path).catch((error) => keepFirst(error, target, path));
  } catch (error) {
    if (isNew) await rm(target, { recursive: true, force: true });
    throw error;
  }
  return path;
}

function isIntact(path: string, sizeBytes: number): boolean {
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts?.size === sizeBytes && facts.mtimeMs === untouched.getTime();
}

async function layDown(
  file: CodeBundle['files'][number],
  target: string,
  fetch: CodeRequest['fetch'],
): Promise<void> {
  const path = join(target, file.path);
  const growing = join(target, `.${randomUUID()}.new`);
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  if (file.sizeBytes === 0) await writeFile(growing, '');
  else await copyFile(await fetch(file), growing);
  await chmod(growing, 0o555);
  await utimes(growing, untouched, untouched);
  await rename(growing, path);
}

/** Another job has made the same folder meanwhile: it is as good. */
async function keepFirst(error: NodeJS.ErrnoException, target: string, path: string): Promise<void> {
  const isThere = statSync(path, { throwIfNoEntry: false }) !== undefined;
  if (!isThere) throw error;
  await rm(target, { recursive: true, force: true });
}

function checkPaths({ files }: CodeBundle): void {
  for (const { path } of files)
    if (!isSafe(path)) throw new BadBundle(`${JSON.stringify(path)} is no path inside a code folder.`);
}

function checkDigest({ digest, files }: CodeBundle): void {
  const lines = files.map(({ path, sha256 }) => `${sha256}  ${path}\n`).sort();
  if (createHash('sha256').update(lines.join('')).digest('hex') !== digest)
    throw new BadBundle('The list of code files does not match its digest.');
}

const validator = new InputValidator();

/** Relative, downward, and the same on every system. */
export function isSafe(path: string): boolean {
  const isPlain = path.split('/').every((part) => part !== '' && part !== '.') && !path.includes('\\');
  return isPlain && validator.validatePath(path).isValid;
}
