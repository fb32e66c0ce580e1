import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ScriptManifest } from '@hearth/contract';

const manifest = join(import.meta.dirname, '../../../scripts/manifest.json');
export const documentedScripts = [
  'data_collector.py',
  'multi_model_trainer.py',
  'predictor.py',
  'inference.py',
] as const;

/** A folder with the product's own manifest, but for its options, and programs that do nothing. */
export async function makeScriptsFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hearth-scripts-'));
  const { scripts } = ScriptManifest.parse(JSON.parse(await readFile(manifest, 'utf8')));
  const free = scripts.map(({ options: _options, ...script }) => script);
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ scripts: free }));
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
