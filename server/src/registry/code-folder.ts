import { createHash } from 'node:crypto';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
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

/** Every file of a folder by its path, in a fixed order; dot files and what Python compiles are left out. */
export async function scanCodeFolder(folder: string, limits: CodeLimits): Promise<FoundFile[]> {
  const root = await realpath(folder).catch(() => {
    throw new UnusableCode(`There is no folder ${folder}.`);
  });
  const found: FoundFile[] = [];
  let bytes = 0;
  for await (const file of filesBelow(root, '')) {
    found.push(file);
    bytes += file.sizeBytes;
    if (found.length > limits.files)
      throw new UnusableCode(`${folder} holds more than ${limits.files} files.`);
    if (bytes > limits.bytes) throw new UnusableCode(`${folder} holds more than ${limits.bytes} bytes.`);
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function* filesBelow(root: string, prefix: string): AsyncGenerator<FoundFile> {
  for (const name of await readdir(join(root, prefix))) {
    if (isIgnored(name)) continue;
    const path = prefix === '' ? name : `${prefix}/${name}`;
    const kind = await lstat(join(root, path));
    if (kind.isDirectory()) yield* filesBelow(root, path);
    else yield await describeFile(root, path);
  }
}

/** A link may lead to another file of the folder, nowhere else: what it names would leave the machine with the job. */
async function describeFile(root: string, path: string): Promise<FoundFile> {
  const source = await realpath(join(root, path)).catch(() => {
    throw new UnusableCode(`The link ${path} leads nowhere.`);
  });
  if (!source.startsWith(root + sep)) throw new UnusableCode(`The link ${path} leads out of its folder.`);
  const facts = await stat(source, { bigint: true });
  if (!facts.isFile()) throw new UnusableCode(`${path} is no file.`);
  const stamp = [facts.ino, facts.size, facts.mtimeNs, facts.ctimeNs].join('-');
  return { path, source, sizeBytes: Number(facts.size), stamp };
}

/** The digest of a bundle: SHA-256 of the lines `<sha256>  <path>`, sorted, as `sha256sum` prints them. */
export function digestOfCode(files: readonly { path: string; sha256: string }[]): string {
  const lines = files.map(({ path, sha256 }) => `${sha256}  ${path}\n`).sort();
  return createHash('sha256').update(lines.join('')).digest('hex');
}
