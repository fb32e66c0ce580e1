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
export function openDatabase(url: string, log: Log): Database {
  const client = openPool(url, log, { max: 10 });
  const prepared = openPool(url, log, {
    max: 4,
    idleTimeoutMillis: 300_000,
    onConnect: (connection) => connection.query(byKey),
  });
  const close = async () => {
    await Promise.all([client.end(), prepared.end()]);
  };
  return Object.assign(drizzle(client), { $prepared: prepared, close });
}

function openPool(url: string, log: Log, options: PoolConfig): Pool {
  const pool = new Pool({
    connectionString: url,
    connectionTimeoutMillis: 3_000,
    // A stopped database must not hold requests for ever.
    query_timeout: 15_000,
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
