import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where the cgroup tree (version 2) lies and where this process is in it, by `/proc/self/{mountinfo,cgroup}`. */
export function findOwnCgroup(mountinfo: string, cgroup: string): string | undefined {
  const own = /^0::(\/.*)$/m.exec(cgroup)?.[1];
  const mount = mountinfo
    .split('\n')
    .map((line) => line.split(' '))
    .find((cells) => cells[cells.indexOf('-') + 1] === 'cgroup2');
  const [, , , root = '/', point] = mount ?? [];
  if (own === undefined || point === undefined) return undefined;
  // In a container only a branch of the tree is mounted, and what lies above it has no path here.
  const below =
    root === '/' ? own : own === root || own.startsWith(`${root}/`) ? own.slice(root.length) : own;
  return resolve(join(point, below));
}

/** Is this cgroup ours to divide: can cgroups be made in it, and processes put into those? */
function isUsable(base: string, name: string): boolean {
  const probe = join(base, name);
  try {
    mkdirSync(probe);
  } catch {
    return false;
  }
  try {
    const { status } = spawnSync('/bin/sh', ['-c', 'echo 0 >"$1"', 'sh', join(probe, 'cgroup.procs')]);
    return status === 0 && existsSync(join(probe, 'cgroup.kill'));
  } finally {
    remove(probe);
  }
}

const read = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // it is gone, or was never there
  }
};

/** Does any process live in this cgroup or below it? */
export const isPopulated = (path: string): boolean =>
  /^populated 1$/m.test(read(join(path, 'cgroup.events')));

export const processesIn = (path: string): number[] =>
  read(join(path, 'cgroup.procs')).split('\n').filter(Boolean).map(Number);

/** Kills everything in it and below it at once, whatever forks meanwhile. */
export function killCgroup(path: string): void {
  try {
    writeFileSync(join(path, 'cgroup.kill'), '1');
  } catch {
    // It is gone.
  }
}

/** Holds everything in it and below it still, or lets it go on; what is killed meanwhile dies. False where that cannot be. */
export function freezeCgroup(path: string, isFrozen: boolean): boolean {
  try {
    writeFileSync(join(path, 'cgroup.freeze'), isFrozen ? '1' : '0');
    return true;
  } catch {
    return false; // it is gone, or its kernel is older than this
  }
}

/** Removes a cgroup that is empty, with those a job may have made below it. */
export function remove(path: string): boolean {
  try {
    for (const entry of readdirSync(path, { withFileTypes: true }))
      if (entry.isDirectory()) remove(join(path, entry.name));
    rmdirSync(path);
    return true;
  } catch {
    return !existsSync(path);
  }
}

/** Makes cgroups for jobs below the agent's own. */
export class Cgroups {
  readonly #base: string;
  readonly #prefix: string;
  #count = 0;

  private constructor(base: string, prefix: string) {
    this.#base = base;
    this.#prefix = prefix;
  }

  /**
   * Undefined where there is no cgroup tree of version 2, or it is not ours to divide (a service needs `Delegate=yes`).
   * `folder` tells this agent's cgroups from another's; empty ones that it left behind are removed.
   */
  static find(folder: string): Cgroups | undefined {
    const base = findOwnCgroup(read('/proc/self/mountinfo'), read('/proc/self/cgroup'));
    const prefix = `hearth-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}-`;
    if (base === undefined || !isUsable(base, `${prefix}probe`)) return undefined;
    for (const name of readdirSync(base))
      if (name.startsWith(prefix) && !isPopulated(join(base, name))) remove(join(base, name));
    return new Cgroups(base, prefix);
  }

  /** A new, empty cgroup; undefined if the machine allows no more. */
  create(): string | undefined {
    for (;;) {
      this.#count += 1;
      const path = join(this.#base, this.#prefix + this.#count);
      try {
        mkdirSync(path);
        return path;
      } catch (error) {
        // The job of an agent before this one is still at work in it.
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) return undefined;
      }
    }
  }
}
