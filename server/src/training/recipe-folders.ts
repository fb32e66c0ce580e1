import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Architecture } from '@hearth/contract';
import { type RecipeManifest, readRecipe } from './recipe-manifest.ts';

/** A folder with a recipe in each of its folders. */
export interface RecipeFolder {
  origin: Architecture['origin'];
  folder: string;
}
export interface KnownRecipe extends RecipeFolder {
  name: string;
  /** The manifest, or what is wrong with it. */
  manifest: RecipeManifest | string;
}
const mostBytes = 1_000_000;
const mostRecipes = 200;

/** Every recipe there is, the shipped ones first; one that bears the name of another is said to be wrong. */
export async function scanRecipes(
  folders: readonly RecipeFolder[],
  taken: readonly string[],
): Promise<KnownRecipe[]> {
  const found: KnownRecipe[] = [];
  for (const { origin, folder } of folders)
    for (const name of await namesIn(folder)) {
      const path = join(folder, name, 'recipe.json');
      const facts = await stat(path).catch(() => undefined);
      if (!facts) continue;
      const isTaken = taken.includes(name) || found.some((other) => other.name === name);
      const manifest = isTaken
        ? `There is another architecture named ${name} already.`
        : facts.size > mostBytes
          ? `recipe.json is larger than ${mostBytes} bytes.`
          : readRecipe(await readFile(path, 'utf8'), name);
      found.push({ origin, folder, name, manifest });
    }
  return found;
}

async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    // An administrator need not have recipes.
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .toSorted()
    .slice(0, mostRecipes);
}
