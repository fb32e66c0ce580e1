/** Holds the shared test database: `node keeper.ts <root> <idle limit in ms>`. See instance.ts. */
import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryLock, waitForLock } from '../file-lock.ts';
import { withMaintenance } from '../postgres/database.ts';
import { type RunningPostgres, startPostgres } from '../postgres/index.ts';
import { postgresPaths } from '../postgres/paths.ts';
import { findPostmaster } from '../postgres/postmaster.ts';
import { type InstancePaths, instancePaths, type KeeperWord } from './instance.ts';

async function start(paths: InstancePaths): Promise<RunningPostgres> {
  const found = await findPostmaster(postgresPaths(paths.home).data);
  // Without fsync, what a crash of the machine left behind can't be trusted, and nobody needs it.
  if (found.state !== 'running') await rm(paths.home, { recursive: true, force: true });
  return startPostgres({ home: paths.home, durable: false });
}

const countClients = (socketDir: string): Promise<number> =>
  withMaintenance(socketDir, async (client) => {
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_stat_activity
       WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
    );
    return rows[0]!.count;
  });

/** Resolves, with nobody able to come in between, once the server was stopped or has ended. */
async function keepUntilIdle(
  server: RunningPostgres,
  paths: InstancePaths,
  idleLimitMs: number,
): Promise<void> {
  let ended = false;
  void server.exited.then(() => {
    ended = true;
  });
  let idleSince = performance.now();
  while (!ended) {
    await sleep(Math.min(1_000, idleLimitMs / 4));
    if ((await countClients(server.socketDir).catch(() => 0)) > 0) idleSince = performance.now();
    if (performance.now() - idleSince < idleLimitMs) continue;
    const lock = await waitForLock(paths.decisionLock, { timeoutMs: 0 });
    if (!lock) continue;
    if ((await countClients(server.socketDir).catch(() => 0)) === 0) {
      await server.stop();
      await rm(paths.home, { recursive: true, force: true });
    }
    lock.release();
  }
}

async function main([root = '', idleLimitMs = '30000']: string[]): Promise<void> {
  const paths = instancePaths(basename(root));
  const tell = (word: KeeperWord) => process.send?.(word);
  const lock = tryLock(paths.keeperLock);
  if (!lock) throw new Error('There is a keeper already.');
  const server = await start(paths).catch((error: Error) => {
    tell({ type: 'failed', reason: error.message });
    throw error;
  });
  tell({ type: 'ready' });
  await keepUntilIdle(server, paths, Number(idleLimitMs));
  lock.release();
}

await main(process.argv.slice(2));
