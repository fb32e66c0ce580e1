import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.ts';

const list = join(import.meta.dirname, 'python-packages.txt');
const digest = createHash('sha256').update(readFileSync(list)).digest('hex').slice(0, 12);
const folder = join(root, '.cache', `python-${digest}`);
const ready = join(folder, 'ready');

/** Python with the packages some tests and benchmarks run against: the project's own virtual environment. */
export const python = join(folder, 'bin', 'python');
export const hasPythonPackages = (): boolean => existsSync(ready);

/** Makes the environment, with the versions of `python-packages.txt`; undefined, or what went wrong. */
export function installPythonPackages(): string | undefined {
  rmSync(folder, { recursive: true, force: true });
  const steps: [string, string[]][] = [
    ['python3', ['-m', 'venv', folder]],
    [python, ['-m', 'pip', 'install', '--quiet', '--no-input', '--only-binary', ':all:', '-r', list]],
  ];
  for (const [command, args] of steps) {
    console.log(`> ${command} ${args.join(' ')}`);
    const done = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    if (done.status !== 0) return done.error?.message ?? `${command} ended with ${done.status}`;
  }
  writeFileSync(ready, '');
  return undefined;
}
