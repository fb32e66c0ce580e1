import type { SQL } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import type { Database } from './database.ts';

const dialect = new PgDialect();

/**
 * Runs a statement by itself under a name, so that each connection parses and plans it once: for the few that are long
 * and run all the time. Neither the text nor the best plan may depend on the values.
 */
export async function runPrepared(
  database: Database,
  name: string,
  statement: SQL,
): Promise<Record<string, unknown>[]> {
  const { sql: text, params: values } = dialect.sqlToQuery(statement);
  const { rows } = await database.$prepared.query<Record<string, unknown>>({ name, text, values });
  return rows;
}
