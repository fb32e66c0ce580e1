import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { at } from './places.mjs';

function sizeBytes(path) {
  const found = statSync(path);
  if (!found.isDirectory()) return found.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeBytes(join(path, name)), 0);
}

const subfolders = (path) => (existsSync(path) ? readdirSync(path).map((name) => join(path, name)) : []);

/** onnxruntime-node carries every platform's library; removes the foreign ones. Answers the bytes saved. */
export function prunePlatforms(
  bin = at('node_modules', 'onnxruntime-node', 'bin'),
  { platform, arch } = process,
) {
  const foreign = subfolders(bin).flatMap((api) => {
    const own = join(api, platform);
    const otherArchs = subfolders(own).filter((path) => path !== join(own, arch));
    return [...subfolders(api).filter((path) => path !== own), ...otherArchs];
  });
  let saved = 0;
  for (const path of foreign) {
    saved += sizeBytes(path);
    rmSync(path, { recursive: true });
  }
  return saved;
}
