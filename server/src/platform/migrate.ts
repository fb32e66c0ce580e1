import { join } from 'node:path';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Client, DatabaseError } from 'pg';

const migrationsFolder = join(import.meta.dirname, '../../migrations');
/** Any number will do, as long as every version of the program uses the same. */
const lockKey = 4_702_138;

/** Brings the database to this program's version; one process at a time; refuses a newer one. */
export async function migrateDatabase(url: string, folder: string = migrationsFolder): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  // Its queries fail with the connection; the event alone must not end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [lockKey]);
    await requireNotNewer(client, folder);
    await migrate(drizzle(client), { migrationsFolder: folder });
  } finally {
    await client.end();
  }
}

export class NewerDatabaseError extends Error {}

async function requireNotNewer(client: Client, folder: string): Promise<void> {
  const known = Math.max(...readMigrationFiles({ migrationsFolder: folder }).map((m) => m.folderMillis));
  const applied = await newestApplied(client);
  if (applied > known)
    throw new NewerDatabaseError(
      'This database was used by a newer Hearth than this one: update the program, or set DATABASE_URL to another database.',
    );
}

async function newestApplied(client: Client): Promise<number> {
  try {
    const { rows } = await client.query<{ newest: string | null }>(
      'select max(created_at) as newest from drizzle.__drizzle_migrations',
    );
    return Number(rows[0]?.newest ?? 0);
  } catch (error) {
    // Neither schema nor table: nothing was ever applied.
    if (error instanceof DatabaseError && (error.code === '42P01' || error.code === '3F000')) return 0;
    throw error;
  }
}
