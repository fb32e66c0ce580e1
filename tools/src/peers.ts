import { spawnSync } from 'node:child_process';
import { missingPeers } from './peers/peers.ts';

/** `npm run peers`: installs the Debian packages that tests run against. No service of theirs is started. */
const missing = missingPeers();
if (missing.length === 0) {
  console.log('All peers are installed.');
  process.exit(0);
}
const packages = missing.map((peer) => peer.debian);
const sudo = process.getuid?.() === 0 ? [] : ['sudo'];
const aptGet = (...args: string[]) => {
  const [command, ...rest] = [...sudo, 'apt-get', ...args];
  console.log(`> ${[command, ...rest].join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const done = spawnSync(command!, rest, { stdio: ['ignore', 'ignore', 'inherit'], env });
  if (done.status !== 0) {
    console.error(
      `That failed${done.error ? `: ${done.error.message}` : ''}. Install by hand: ${packages.join(' ')}`,
    );
    process.exit(1);
  }
};
aptGet('update', '-q');
aptGet('install', '-q', '-y', '--no-install-recommends', ...packages);
const still = missingPeers();
if (still.length > 0) console.error(`Still missing: ${still.map((peer) => peer.name).join(', ')}`);
process.exitCode = still.length === 0 ? 0 : 1;
