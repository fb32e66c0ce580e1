import { readdir } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { artifactName } from '../pull.job.ts';
import type { Upload } from '../upload.ts';

const mostFiles = 1000;

/** What a program left in its output folder, as the files of its model; a file of a subfolder bears its path. */
export async function outputFiles(folder: string): Promise<Upload[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const taken = new Set<string>();
  return files
    .toSorted()
    .slice(0, mostFiles)
    .map((path) => {
      const name = freeName(artifactName(relative(folder, path)), taken);
      taken.add(name);
      return { path, name, format: formatOf(name) };
    });
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const tried = number === 1 ? name : `${number}-${name}`;
    if (!taken.has(tried)) return tried;
  }
}

const formatOf = (name: string): string => {
  const suffix = extname(name).slice(1).toLowerCase();
  return /^[a-z0-9]{1,20}$/.test(suffix) && suffix !== 'checkpoint' ? suffix : 'other';
};
