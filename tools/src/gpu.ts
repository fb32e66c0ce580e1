import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { root } from './root.ts';

/**
 * `npm run gpu`: installs the GPU builds of the inference engine (CUDA and Vulkan, about 700 MB) under
 * HEARTH_HOME/gpu, where agents look for them. They stay out of the checkout, so its lock file is untouched.
 */
const { version } = JSON.parse(
  readFileSync(join(root, 'node_modules/node-llama-cpp/package.json'), 'utf8'),
) as { version: string };
const home = process.env.HEARTH_HOME ?? join(homedir(), '.hearth');
const folder = join(home, 'gpu');
mkdirSync(folder, { recursive: true });
const manifest = { name: 'hearth-gpu', private: true, dependencies: { 'node-llama-cpp': version } };
writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
console.log(`Installing node-llama-cpp ${version} with its GPU builds into ${folder} …`);
const npm = spawnSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], {
  cwd: folder,
  stdio: 'inherit',
});
if (npm.status === 0) console.log('Done. Restart the agent (npm start) to use the GPU.');
process.exitCode = npm.status ?? 1;
