/**
 * One PostgreSQL per machine and user for all tests of all processes. A keeper process of its own holds it
 * and stops it when nobody has been connected for a while, so no test run, however it dies, leaves one behind.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { tryLock, waitForLock } from '../file-lock.ts';
import { databaseUrl, postgresPaths } from '../postgres/paths.ts';
import { makePrivateDir } from '../postgres/workplace.ts';

export interface InstancePaths {
  root: string;
  home: string;
  socket: string;
  /** Held while one decides whether the instance is up, or has to be started or stopped. */
  decisionLock: string;
  /** Held by the keeper for as long as it lives. */
  keeperLock: string;
}

export function instancePaths(name = `hearth-tests-${process.getuid?.() ?? 'user'}`): InstancePaths {
  const root = join(tmpdir(), name);
  const home = join(root, 'home');
  return {
    root,
    home,
    socket: postgresPaths(home).socket,
    decisionLock: join(root, 'decision.lock'),
    keeperLock: join(root, 'keeper.lock'),
  };
}

export type KeeperWord = { type: 'ready' } | { type: 'failed'; reason: string };

export interface Anchor {
  client: Client;
  /** For `unref`: an idle connection need not keep a program alive. */
  socket: Socket;
}

const KEEPER = new URL('./keeper.ts', import.meta.url);
const DECISION_LIMIT_MS = 60_000;

function hasKeeper(paths: InstancePaths): boolean {
  const lock = tryLock(paths.keeperLock);
  lock?.release();
  return lock === undefined;
}

async function startKeeper(paths: InstancePaths, idleLimitMs: number): Promise<void> {
  const keeper = fork(KEEPER, [paths.root, String(idleLimitMs)], {
    detached: true,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const failed = new AbortController();
  keeper.once('exit', (code) => failed.abort(new Error(`The keeper of the test database ended (${code}).`)));
  const [word]: [KeeperWord] = (await once(keeper, 'message', { signal: failed.signal })) as [KeeperWord];
  keeper.removeAllListeners('exit');
  keeper.disconnect();
  keeper.unref();
  if (word.type === 'failed') throw new Error(word.reason);
}

/** A connection to the running instance, started if need be; while it is open the keeper stays. */
export async function connectToInstance(paths = instancePaths(), idleLimitMs = 30_000): Promise<Anchor> {
  await makePrivateDir(paths.root, undefined);
  const lock = await waitForLock(paths.decisionLock, { timeoutMs: DECISION_LIMIT_MS });
  if (!lock) throw new Error(`Somebody holds ${paths.decisionLock} for too long.`);
  try {
    if (!hasKeeper(paths)) await startKeeper(paths, idleLimitMs);
    const socket = new Socket();
    const client = new Client({
      connectionString: databaseUrl(paths.socket, 'postgres'),
      stream: () => socket,
    });
    await client.connect();
    return { client, socket };
  } finally {
    lock.release();
  }
}
