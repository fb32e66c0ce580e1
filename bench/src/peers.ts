import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Peers are other people's packages that only the benchmark needs. They live in `bench/peers`, outside the
 * workspaces, and are installed when the benchmark first runs, so that no user carries them.
 */
const folder = new URL('../peers/', import.meta.url);

export function installPeers(): void {
  if (existsSync(new URL('node_modules/.package-lock.json', folder))) return;
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
