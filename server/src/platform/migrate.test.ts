import { testDatabase } from '@hearth/launcher/testing';
import { Client } from 'pg';
import { expect, it } from 'vitest';
import { migrateDatabase, NewerDatabaseError } from './migrate.ts';

async function query(url: string, sql: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

it('lets several programs start at once, and changes nothing the second time', async () => {
  const { url, drop } = await testDatabase();
  await Promise.all([1, 2, 3, 4].map(() => migrateDatabase(url)));
  const count =
    'select count(*)::int as n, count(distinct hash)::int as different from drizzle.__drizzle_migrations';
  const [before] = await query(url, count);
  expect(before.n).toBe(before.different);
  await migrateDatabase(url);
  expect(await query(url, count)).toEqual([before]);
  await drop();
});

it('refuses a database that a newer program has used, and leaves it alone', async () => {
  const { url, drop } = await testDatabase();
  await migrateDatabase(url);
  await query(
    url,
    `insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 99999999999999)`,
  );
  await expect(migrateDatabase(url)).rejects.toThrow(NewerDatabaseError);
  await expect(migrateDatabase(url)).rejects.toThrow(/newer Hearth/);
  await drop();
});
