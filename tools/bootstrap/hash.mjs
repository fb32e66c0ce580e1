import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { at } from './places.mjs';

/** All files below these places of the checkout, but for folders of these names. */
export function listFiles(places, without = []) {
  return places.flatMap((place) => {
    const entries = readdirSync(at(place), { withFileTypes: true });
    return entries.flatMap((entry) => {
      const path = join(place, entry.name);
      if (entry.isDirectory()) return without.includes(entry.name) ? [] : listFiles([path], without);
      return entry.isFile() ? [path] : [];
    });
  });
}

/** One digest of the names and contents of files. */
export function hashFiles(paths) {
  const hash = createHash('sha256');
  for (const path of [...paths].sort()) {
    const content = readFileSync(at(path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}
