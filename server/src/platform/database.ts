import { setTimeout as sleep } from 'node:timers/promises';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { Pool, type QueryConfig } from 'pg';
import { isDatabaseUnreachable } from './failures.ts';
import type { Log } from './log.ts';

export type Database = NodePgDatabase & { $client: Pool };
export type Transaction = Parameters<Parameters<NodePgDatabase['transaction']>[0]>[0];
/** Either: what a repository's method needs to run alone or inside somebody's transaction. */
export type Executor = NodePgDatabase | Transaction;

/** A pool that reconnects by itself; failing connections are logged, and show as `service.unavailable` to callers. */
export function openDatabase(url: string, log: Log): Database {
  const pool = new Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 3_000,
    // A stopped database must not hold requests for ever.
    query_timeout: 15_000,
    keepAlive: true,
    application_name: 'hearth-server',
  });
  const report = (err: Error) => log.warn({ err }, 'A database connection failed.');
  pool.on('error', report);
  // A connection in use has no listener of the pool's; unheard, its failure would end the process.
  pool.on('connect', (client) => client.on('error', report));
  return drizzle(pool);
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
