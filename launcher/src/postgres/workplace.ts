/**
 * How the programs reach their directories. Under our own account: by path. Under another account: by an
 * open descriptor (`/proc/self/fd/3`), so that HEARTH_HOME and its parents, /root for instance, can stay
 * closed to it. It gets these two directories and nothing else.
 */
import { chmod, chown, lstat, mkdir, open } from 'node:fs/promises';
import { PostgresError } from './postgres-error.ts';
import type { Account } from './run-program.ts';

export interface Workplace extends AsyncDisposable {
  /** What to call the directories on the command line, in the order they were given. */
  names: string[];
  /** Descriptors to hand down as 3, 4, … */
  inherited: number[];
}

/** A directory of the account's own that nobody else can enter. */
export async function makePrivateDir(path: string, account: Account | undefined): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const found = await lstat(path);
  const owners = [account?.uid, process.getuid?.()];
  if (!found.isDirectory() || !owners.includes(found.uid)) {
    throw new PostgresError(`${path} is in the way: it isn't a directory of ours (owner ${found.uid}).`);
  }
  if (account && found.uid !== account.uid) await chown(path, account.uid, account.gid);
  await chmod(path, 0o700);
}

export async function openWorkplace(directories: string[], account: Account | undefined): Promise<Workplace> {
  if (!account) {
    return { names: directories, inherited: [], [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const handles = await Promise.all(directories.map((path) => open(path, 'r')));
  return {
    names: handles.map((_, index) => `/proc/self/fd/${3 + index}`),
    inherited: handles.map(({ fd }) => fd),
    async [Symbol.asyncDispose]() {
      await Promise.all(handles.map((handle) => handle.close()));
    },
  };
}
