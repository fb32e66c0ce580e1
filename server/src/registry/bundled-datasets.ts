import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type BundledDataset, DatasetFormat, ResourceName } from '@hearth/contract';
import { z } from 'zod';

const Description = z.object({
  title: z.string(),
  description: z.string(),
  source: z.string(),
  license: z.string(),
  format: DatasetFormat,
});
export type Bundled = Omit<BundledDataset, 'added'> & { path: string; fileName: string };

/** Data sets that lie beside the program: `<name>.csv` or `.txt`, each described by `<name>.json`. */
export async function readBundledDatasets(folder: string): Promise<Bundled[]> {
  const files: string[] = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const found: Bundled[] = [];
  for (const fileName of files.filter((file) => /\.(csv|txt)$/.test(file)).toSorted()) {
    const name = ResourceName.parse(fileName.replace(/\.(csv|txt)$/, ''));
    if (!files.includes(`${name}.json`)) continue;
    const path = join(folder, fileName);
    const described = Description.parse(JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')));
    found.push({ name, ...described, size_bytes: (await stat(path)).size, path, fileName });
  }
  return found;
}

export const openBundled = (bundled: Bundled) => createReadStream(bundled.path);
