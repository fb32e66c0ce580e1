import { copyFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const manifest = join(import.meta.dirname, '../../../scripts/manifest.json');
export const documentedScripts = [
  'data_collector.py',
  'multi_model_trainer.py',
  'predictor.py',
  'inference.py',
] as const;

/** A folder with the product's own manifest and, in place of its programs, such as do nothing. */
export async function makeScriptsFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hearth-scripts-'));
  await copyFile(manifest, join(folder, 'manifest.json'));
  for (const name of documentedScripts) await writeFile(join(folder, name), 'print("hello")\n');
  return folder;
}

/** An administrator's own scripts: a manifest in HEARTH_HOME and their files. */
export async function writeOwnScripts(
  home: string,
  scripts: readonly object[],
  files: Record<string, string> = {},
): Promise<void> {
  const folder = join(home, 'scripts');
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text, { mode: 0o755 });
  }
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ scripts }));
}
