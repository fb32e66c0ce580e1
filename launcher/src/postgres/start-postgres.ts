import { mkdir, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitForLock } from '../file-lock.ts';
import { postgresAccount } from './account.ts';
import { prepareBinaries } from './binaries.ts';
import { ensureCluster, requireVersion } from './cluster.ts';
import { answersWithin, ensureDatabase } from './database.ts';
import { type Ended, type LaunchOptions, launchPostgres } from './launch.ts';
import { rotateLog } from './log-file.ts';
import { databaseUrl, lockFiles, type PostgresPaths, postgresPaths } from './paths.ts';
import { PostgresError, USE_DATABASE_URL } from './postgres-error.ts';
import { findPostmaster, hasEnded, stopPostmaster } from './postmaster.ts';
import { makePrivateDir } from './workplace.ts';

export interface PostgresOptions {
  /** HEARTH_HOME; everything lies in its `postgres/` and `logs/`. */
  home: string;
  /** Gives up a start under way; later, stops the server. */
  signal?: AbortSignal;
  log?: (line: string) => void;
  /** False trades crash safety for speed: for tests only. */
  durable?: boolean;
}

export interface RunningPostgres {
  /** Of the database `hearth`, over the Unix socket. */
  url: string;
  socketDir: string;
  pid: number;
  /** It was already serving this directory, left behind by a launcher that was killed. */
  adopted: boolean;
  /** Resolves when the server has ended, for whatever reason. */
  exited: Promise<Ended>;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 10_000;
const DATABASE = 'hearth';
const LOG_CHECK_MS = 60_000;

type Found = { pid: number; adopted: boolean; exited: Promise<Ended> };

/** The end of a process that isn't our child can only be watched for. */
async function watchEnd(pid: number): Promise<Ended> {
  while (!(await hasEnded(pid, 0))) await sleep(100);
  return { code: null, signal: null };
}

async function adoptOrLaunch(
  options: Omit<LaunchOptions, 'timeoutMs'>,
  context: PostgresOptions,
): Promise<Found> {
  const { paths } = options;
  const deadline = performance.now() + START_LIMIT_MS;
  const timeLeftMs = () => deadline - performance.now();
  let reason = 'it did not answer';
  do {
    context.signal?.throwIfAborted();
    const found = await findPostmaster(paths.data);
    if (found.state === 'running') {
      // It may be on its way up, or on its way down.
      if (await answersWithin(paths.socket, timeLeftMs(), () => hasEnded(found.pid, 0))) {
        return { pid: found.pid, adopted: true, exited: watchEnd(found.pid) };
      }
      continue;
    }
    if (found.state === 'stale' && found.taken) {
      // PostgreSQL clears the file of a process that is gone, but takes anything with that number for a server.
      context.log?.(`removed postmaster.pid: process ${found.pid} is not a PostgreSQL that serves it`);
      for (const path of lockFiles(paths)) await rm(path, { force: true });
    }
    const launched = await launchPostgres({ ...options, timeoutMs: timeLeftMs() });
    if (launched.ok) return { pid: launched.pid, exited: launched.exited, adopted: false };
    reason = launched.reason;
    await sleep(200, undefined, { signal: context.signal });
  } while (timeLeftMs() > 0);
  throw new PostgresError(`PostgreSQL does not start (${reason}): see ${paths.log}, or ${USE_DATABASE_URL}.`);
}

async function bringUp(paths: PostgresPaths, context: PostgresOptions): Promise<Found> {
  const durable = context.durable ?? true;
  const account = await postgresAccount(paths.data);
  const binaries = await prepareBinaries(paths.libraries, { shared: account !== undefined });
  await makePrivateDir(paths.socket, account);
  const cluster = await ensureCluster({ paths, binaries, account, durable });
  if (cluster === 'made') context.log?.(`made the data directory ${paths.data}`);
  await requireVersion(paths.data);
  const found = await adoptOrLaunch({ paths, binaries, account, durable }, context);
  await ensureDatabase(paths.socket, DATABASE);
  return found;
}

async function bringUpAlone(paths: PostgresPaths, context: PostgresOptions): Promise<Found> {
  await mkdir(paths.root, { recursive: true, mode: 0o700 });
  const lock = await waitForLock(paths.startLock, { timeoutMs: 2 * START_LIMIT_MS, signal: context.signal });
  if (!lock)
    throw new PostgresError(`Another process has been starting PostgreSQL in ${paths.root} for too long.`);
  try {
    return await bringUp(paths, context);
  } finally {
    lock.release();
  }
}

/** Errors of the file system and of spawning become one sentence, too. */
function explain(error: unknown): unknown {
  if (error instanceof PostgresError || !(error instanceof Error) || error.name === 'AbortError')
    return error;
  return new PostgresError(
    `PostgreSQL could not be started (${error.message}): put that right, or ${USE_DATABASE_URL}.`,
    {
      cause: error,
    },
  );
}

/** Starts the PostgreSQL of this HEARTH_HOME, or adopts it where it still runs. */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const paths = postgresPaths(resolve(options.home));
  const found = await bringUpAlone(paths, options).catch((error: unknown) => {
    throw explain(error);
  });
  options.log?.(`${found.adopted ? 'adopted' : 'started'} PostgreSQL, process ${found.pid}`);
  const logCheck = setInterval(() => void rotateLog(paths.log).catch(() => undefined), LOG_CHECK_MS).unref();
  void found.exited.then(() => clearInterval(logCheck));
  const stop = async () => {
    await stopPostmaster(paths.data, found.pid);
    await found.exited;
  };
  options.signal?.addEventListener('abort', () => void stop().catch(() => undefined), { once: true });
  return { url: databaseUrl(paths.socket, DATABASE), socketDir: paths.socket, ...found, stop };
}
