import { createHash } from 'node:crypto';
import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';

/** A folder whose content cannot travel with a job; the message is for the person who keeps the folder. */
export class UnusableCode extends Error {}

export interface CodeLimits {
  files: number;
  bytes: number;
}
/** A file of a code folder as it lies there; `stamp` changes whenever its content may have. */
export interface FoundFile {
  /** Relative to the folder, with forward slashes. */
  path: string;
  /** Where its content is read from: elsewhere in the folder, where a link leads. */
  source: string;
  sizeBytes: number;
  stamp: string;
}

const isIgnored = (name: string) => name.startsWith('.') || name === '__pycache__' || name.endsWith('.pyc');

/**
 * Every file of a folder by its path, in a fixed order; dot files and what Python compiles are left out. Synchronous:
 * asking for a few dozen files costs less than one trip to another thread, and a light script waits for each of them.
 */
export function scanCodeFolder(folder: string, limits: CodeLimits): FoundFile[] {
  const root = realPathOf(folder);
  if (root === undefined) throw new UnusableCode(`There is no folder ${folder}.`);
  const found: FoundFile[] = [];
  let bytes = 0;
  try {
    for (const file of filesBelow(root, '')) {
      found.push(file);
      bytes += file.sizeBytes;
      if (found.length > limits.files)
        throw new UnusableCode(`${folder} holds more than ${limits.files} files.`);
      if (bytes > limits.bytes) throw new UnusableCode(`${folder} holds more than ${limits.bytes} bytes.`);
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error)
      throw new UnusableCode(`${folder} cannot be read (${error.code}).`);
    throw error;
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function* filesBelow(root: string, prefix: string): Generator<FoundFile> {
  for (const entry of readdirSync(join(root, prefix), { withFileTypes: true })) {
    if (isIgnored(entry.name)) continue;
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) yield* filesBelow(root, path);
    else yield describeFile(root, path, entry);
  }
}

/** A link may lead to another file of the folder, nowhere else: what it names would leave the machine with the job. */
function describeFile(root: string, path: string, entry: Dirent): FoundFile {
  const source = entry.isSymbolicLink() ? realPathOf(join(root, path)) : join(root, path);
  if (source === undefined) throw new UnusableCode(`The link ${path} leads nowhere.`);
  if (!source.startsWith(root + sep)) throw new UnusableCode(`The link ${path} leads out of its folder.`);
  const facts = statSync(source, { bigint: true });
  if (!facts.isFile()) throw new UnusableCode(`${path} is no file.`);
  const stamp = [facts.ino, facts.size, facts.mtimeNs, facts.ctimeNs].join('-');
  return { path, source, sizeBytes: Number(facts.size), stamp };
}

function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** The digest of a bundle: SHA-256 of the lines `<sha256>  <path>`, sorted, as `sha256sum` prints them. */
export function digestOfCode(files: readonly { path: string; sha256: string }[]): string {
  const lines = files.map(({ path, sha256 }) => `${sha256}  ${path}\n`).sort();
  return createHash('sha256').update(lines.join('')).digest('hex');
}
