import { spawnSync } from 'node:child_process';
import { missingPeers } from './peers/peers.ts';
import { hasPythonPackages, installPythonPackages } from './peers/python.ts';

/** `npm run peers`: installs what tests run against: Debian packages, whose services stay stopped, and Python's. */
const missing = missingPeers();
if (missing.length === 0) {
  console.log('All peers are installed.');
  process.exit(0);
}
const packages = missing.flatMap(({ debian }) => (debian === undefined ? [] : [debian]));
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
if (packages.length > 0) {
  aptGet('update', '-q');
  aptGet('install', '-q', '-y', '--no-install-recommends', ...packages);
}
const problem = hasPythonPackages() ? undefined : installPythonPackages();
if (problem) console.error(`The Python packages could not be installed: ${problem}`);
const still = missingPeers();
if (still.length > 0) console.error(`Still missing: ${still.map((peer) => peer.name).join(', ')}`);
process.exitCode = still.length === 0 ? 0 : 1;
