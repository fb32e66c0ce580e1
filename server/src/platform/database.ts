import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';
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

/** Throws when the database does not answer. */
export async function pingDatabase(database: Database): Promise<void> {
  await database.$client.query('select 1');
}
