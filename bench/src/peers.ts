import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/**
 * Peers are other people's packages that only the benchmark needs. They live in `bench/peers`, outside the
 * workspaces, and are installed when the benchmark first runs, so that no user carries them.
 */
const folder = new URL('../peers/', import.meta.url);
const Wanted = z.object({ dependencies: z.record(z.string(), z.string()) });
const Installed = z.object({ version: z.string() });
const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, folder), 'utf8'));

function isInstalled([name, version]: [string, string]): boolean {
  const manifest = `node_modules/${name}/package.json`;
  return existsSync(new URL(manifest, folder)) && Installed.parse(read(manifest)).version === version;
}

export function installPeers(): void {
  if (Object.entries(Wanted.parse(read('package.json')).dependencies).every(isInstalled)) return;
  console.log('installing the peers into bench/peers (about 300 MB) …');
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
  execFileSync('npm', ['install', ...flags], {
    cwd: fileURLToPath(folder),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Loads one of the programs of `bench/peers`, which see the peers' packages. */
export const loadPeer = async <T>(file: string): Promise<T> =>
  (await import(new URL(file, folder).href)) as T;
