import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * Peers are other people's packages that only the benchmark needs. They live in `bench/peers`, outside the
 * workspaces, and are installed when the benchmark first runs, so that no user carries them.
 */
const folder = fileURLToPath(new URL('../peers', import.meta.url));

export function installPeers(): void {
  if (existsSync(`${folder}/node_modules/.package-lock.json`)) return;
  console.log('installing the peers into bench/peers (about 300 MB) …');
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Path of a peer's module, for `import()`. */
export const peerPath = (name: string): string =>
  pathToFileURL(createRequire(`${folder}/package.json`).resolve(name)).href;
