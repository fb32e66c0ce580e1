/** The data directory: made whole or not at all, and of the version we run. */
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries.ts';
import type { PostgresPaths } from './paths.ts';
import { PostgresError, USE_DATABASE_URL } from './postgres-error.ts';
import { type Account, runProgram } from './run-program.ts';
import { initdbSyncFlag } from './settings.ts';
import { makePrivateDir, openWorkplace } from './workplace.ts';

const POSTGRES_MAJOR = '18';

/** C.UTF-8 for the C library too where the system has it: pg_trgm asks the library what a letter is. */
const LOCALES = [['--locale=C.UTF-8'], ['--locale=C', '--builtin-locale=C.UTF-8']];

interface ClusterOptions {
  paths: PostgresPaths;
  binaries: Binaries;
  account: Account | undefined;
  durable: boolean;
}

async function runInitdb({ paths, binaries, account, durable }: ClusterOptions, locale: string[]) {
  await rm(paths.unfinished, { recursive: true, force: true });
  await makePrivateDir(paths.unfinished, account);
  await using place = await openWorkplace([paths.unfinished], account);
  const flags = [
    '--encoding=UTF8',
    '--locale-provider=builtin',
    ...locale,
    '--auth=trust',
    '--no-instructions',
  ];
  return runProgram(
    binaries.initdb,
    ['-D', place.names[0]!, '-U', 'hearth', ...flags, durable ? initdbSyncFlag : '--no-sync'],
    { account, env: binaries.env, inherited: place.inherited },
  );
}

/** Were the rename lost in a power cut, the next start would take the data for an unfinished attempt. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  await directory.sync();
  await directory.close();
}

/** Makes the data directory if there is none. `trust` is safe: only its owner can reach the socket. */
export async function ensureCluster(options: ClusterOptions): Promise<'made' | 'found'> {
  const { paths } = options;
  if (await stat(join(paths.data, 'PG_VERSION')).catch(() => undefined)) return 'found';
  let last = { code: -1, output: '' };
  for (const locale of LOCALES) {
    last = await runInitdb(options, locale);
    if (last.code === 0) {
      await rename(paths.unfinished, paths.data);
      await syncDirectory(paths.root);
      return 'made';
    }
  }
  throw new PostgresError(
    `PostgreSQL could not make its data directory ${paths.data} (${lastLine(last.output)}): put that right, or ${USE_DATABASE_URL}.`,
  );
}

const lastLine = (output: string) => output.trim().split('\n').at(-1) ?? '';

export async function requireVersion(dataDir: string): Promise<void> {
  const version = (await readFile(join(dataDir, 'PG_VERSION'), 'utf8')).trim();
  if (version === POSTGRES_MAJOR) return;
  throw new PostgresError(
    `${dataDir} was made by PostgreSQL ${version || 'of unknown version'} and this is PostgreSQL ${POSTGRES_MAJOR}: restore a backup into a fresh HEARTH_HOME, or ${USE_DATABASE_URL}.`,
  );
}
