import { setTimeout as sleep } from 'node:timers/promises';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { Pool, type PoolConfig, type QueryConfig } from 'pg';
import { isDatabaseUnreachable } from './failures.ts';
import type { Log } from './log.ts';

export type Database = NodePgDatabase & {
  $client: Pool;
  /** For statements under a name, which are planned once and for all values alike; see prepared.ts. */
  $prepared: Pool;
  close(): Promise<void>;
};
export type Transaction = Parameters<Parameters<NodePgDatabase['transaction']>[0]>[0];
/** Either: what a repository's method needs to run alone or inside somebody's transaction. */
export type Executor = NodePgDatabase | Transaction;

/**
 * One plan for all values, which looks rows up by their keys: it is made once, often when the tables are still small,
 * and has to be as good when they no longer are.
 */
const byKey = `set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_hashjoin = off;
  set enable_mergejoin = off`;

/**
 * Connections that come back by themselves; failing ones are logged, and show as `service.unavailable` to callers.
 * Statements under a name have connections of their own: plans for all values alike would make others slow.
 */
export function openDatabase(url: string, log: Log, patienceMs = 15_000): Database {
  const client = openPool(url, log, patienceMs, { max: 10 });
  const prepared = openPool(url, log, patienceMs, {
    max: 4,
    idleTimeoutMillis: 300_000,
    onConnect: (connection) => connection.query(byKey),
  });
  const close = async () => {
    await Promise.all([client.end(), prepared.end()]);
  };
  const transaction: NodePgDatabase['transaction'] = (work, config) => transact(client, work, config);
  return Object.assign(drizzle(client), { $prepared: prepared, close, transaction });
}

/**
 * As drizzle's own, which keeps a connection for ever where its `begin` fails, and hands one on whose transaction is
 * still open: the work of others would then become part of it.
 */
async function transact<T>(
  pool: Pool,
  work: (tx: Transaction) => Promise<T>,
  config?: Parameters<NodePgDatabase['transaction']>[1],
): Promise<T> {
  const connection = await pool.connect();
  let isFit = false;
  try {
    const result = await drizzle(connection).transaction(work, config);
    isFit = true;
    return result;
  } catch (error) {
    isFit = !isDatabaseUnreachable(error) && connection.getTransactionStatus() === 'I';
    throw error;
  } finally {
    connection.release(!isFit);
  }
}

function openPool(url: string, log: Log, patienceMs: number, options: PoolConfig): Pool {
  const pool = new Pool({
    connectionString: url,
    connectionTimeoutMillis: 3_000,
    // The database gives up by itself: what its client alone gave up would be done after all, later.
    statement_timeout: patienceMs,
    // A stopped one must not hold requests for ever.
    query_timeout: patienceMs + 1_000,
    keepAlive: true,
    application_name: 'hearth-server',
    ...options,
  });
  const report = (err: Error) => log.warn({ err }, 'A database connection failed.');
  pool.on('error', report);
  // A connection in use has no listener of the pool's; unheard, its failure would end the process.
  pool.on('connect', (connection) => connection.on('error', report));
  return pool;
}

/** Throws when the database does not answer soon. */
export async function pingDatabase(database: Database): Promise<void> {
  const ping: QueryConfig & { query_timeout: number } = { text: 'select 1', query_timeout: 2_000 };
  await database.$client.query(ping);
}

/** Waits until the database answers: it may still be starting, or replaying what a crash left. */
export async function waitForDatabase(database: Database, log: Log, mostMs = 30_000): Promise<void> {
  const deadline = performance.now() + mostMs;
  for (;;) {
    try {
      return await pingDatabase(database);
    } catch (error) {
      if (!isDatabaseUnreachable(error) || performance.now() > deadline) throw error;
      log.info('Waiting for the database.');
      await sleep(300);
    }
  }
}
