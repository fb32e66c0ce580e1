import { statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Script, ScriptManifestEntry } from '@hearth/contract';
import type { Log } from '../platform/log.ts';
import { type ReadManifest, readManifest } from './manifest.ts';

/** A folder of scripts with its `manifest.json`. */
export interface ScriptFolder {
  origin: Script['origin'];
  folder: string;
  /** How people know it; what is wrong there begins with this. */
  label: string;
}
export interface KnownScript {
  origin: Script['origin'];
  folder: string;
  manifest: ScriptManifestEntry;
}
export interface KnownScripts {
  scripts: ReadonlyMap<string, KnownScript>;
  problems: string[];
}
const mostBytes = 1_000_000;

/** The allow-list: scripts of all manifests, read again whenever one of them has changed. */
export class Manifests {
  readonly #folders: readonly ScriptFolder[];
  readonly #log: Log;
  #stamps: string[] = [];
  #known: KnownScripts = { scripts: new Map(), problems: [] };
  constructor(folders: readonly ScriptFolder[], log: Log) {
    this.#folders = folders;
    this.#log = log;
  }

  async read(): Promise<KnownScripts> {
    const stamps = this.#folders.map(stampOf);
    if (stamps.every((stamp, index) => stamp === this.#stamps[index])) return this.#known;
    const read = await Promise.all(this.#folders.map(readFolder));
    this.#known = combined(this.#folders, read);
    this.#stamps = stamps;
    for (const problem of this.#known.problems) this.#log.warn(`Scripts: ${problem}`);
    return this.#known;
  }
}

const pathOf = ({ folder }: ScriptFolder) => join(folder, 'manifest.json');

function stampOf(folder: ScriptFolder): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(pathOf(folder), { bigint: true });
    return [ino, size, mtimeNs, ctimeNs].join('-');
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

async function readFolder(folder: ScriptFolder): Promise<ReadManifest> {
  try {
    const { size } = await stat(pathOf(folder));
    if (size > mostBytes) return { entries: [], problems: [`is larger than ${mostBytes} bytes`] };
    return readManifest(await readFile(pathOf(folder), 'utf8'));
  } catch (error) {
    const { code = 'an unknown error' } = error as NodeJS.ErrnoException;
    // An administrator need not have scripts.
    if (code === 'ENOENT' && folder.origin === 'own') return { entries: [], problems: [] };
    return { entries: [], problems: [`cannot be read (${code})`] };
  }
}

/** Earlier folders come first: nobody replaces a script that is there already. */
function combined(folders: readonly ScriptFolder[], read: readonly ReadManifest[]): KnownScripts {
  const scripts = new Map<string, KnownScript>();
  const problems: string[] = [];
  for (const [index, { origin, folder, label }] of folders.entries()) {
    const { entries, problems: own } = read[index]!;
    problems.push(...own.map((problem) => `${label}: ${problem}`));
    for (const manifest of entries)
      if (scripts.has(manifest.name))
        problems.push(`${label}: ${manifest.name}: there is a built-in script of this name`);
      else scripts.set(manifest.name, { origin, folder, manifest });
  }
  return { scripts, problems };
}
