import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { databaseUrl } from './paths.ts';

/** Runs one piece of work on a connection of its own to the maintenance database. */
export async function withMaintenance<T>(
  socketDir: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({
    connectionString: databaseUrl(socketDir, 'postgres'),
    connectionTimeoutMillis: 5_000,
  });
  // A connection lost between queries is told by the next query; unheard, it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Creates the database unless it is there. */
export async function ensureDatabase(socketDir: string, name: string): Promise<void> {
  await withMaintenance(socketDir, async (client) => {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  });
}

/** True once the server answers a query, false when `timeoutMs` passes or `giveUp` says so. */
export async function answersWithin(
  socketDir: string,
  timeoutMs: number,
  giveUp: () => boolean | Promise<boolean>,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!(await giveUp())) {
    const answered = await withMaintenance(socketDir, (client) => client.query('SELECT 1')).then(
      () => true,
      () => false,
    );
    if (answered) return true;
    if (performance.now() > deadline) return false;
    await sleep(15);
  }
  return false;
}
