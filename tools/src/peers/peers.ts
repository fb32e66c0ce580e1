import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { hasPythonPackages } from './python.ts';

/** A program of other people's that some tests run against. */
interface Peer {
  name: string;
  /** Debian package that brings it; none for what goes into the project's own Python environment. */
  debian?: string;
  present: () => boolean;
}

const runs = (command: string, ...args: string[]) =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** What the tests of today need; each later part adds its own. */
const peers: Peer[] = [
  { name: 'Chromium', debian: 'chromium', present: () => existsSync('/usr/bin/chromium') },
  { name: 'pip', debian: 'python3-pip', present: () => runs('python3', '-m', 'pip', '--version') },
  { name: 'venv', debian: 'python3-venv', present: () => runs('python3', '-c', 'import ensurepip, venv') },
  { name: 'Redis', debian: 'redis-server', present: () => runs('redis-server', '--version') },
  { name: 'Python packages (mlflow, scikit-learn; about 300 MB to fetch)', present: hasPythonPackages },
];

export const missingPeers = () => peers.filter((peer) => !peer.present());
