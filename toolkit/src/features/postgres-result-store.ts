import { type SqlQuery, tableMaker, tableName } from '../storage/sql-query.ts';
import type { ResultStore, StoredResult } from './result-store.ts';

/** Results in a table of PostgreSQL, which is made on first use. Any number of processes may share it. */
export class PostgresResultStore implements ResultStore {
  readonly #query: SqlQuery;
  readonly #table: string;
  readonly #prepare: () => Promise<void>;

  /** `table` by default `toolkit_results`; throws a RangeError for a name that is none. */
  constructor(query: SqlQuery, { table = 'toolkit_results' }: { table?: string } = {}) {
    this.#query = query;
    this.#table = tableName(table);
    const columns = 'key text primary key, value jsonb not null, expires_at_ms float8 not null';
    this.#prepare = tableMaker(query, this.#table, columns);
  }

  async get(key: string): Promise<StoredResult | undefined> {
    const { rows } = await this.#run('select value, expires_at_ms from :table where key = $1', [key]);
    return rows[0] && { key, value: rows[0].value, expiresAtMs: Number(rows[0].expires_at_ms) };
  }

  async set({ key, value, expiresAtMs }: StoredResult): Promise<void> {
    const statement = `insert into :table (key, value, expires_at_ms) values ($1, $2, $3)
      on conflict (key) do update set value = excluded.value, expires_at_ms = excluded.expires_at_ms`;
    await this.#run(statement, [key, JSON.stringify(value ?? null), expiresAtMs]);
  }

  async delete(key: string): Promise<boolean> {
    return ((await this.#run('delete from :table where key = $1', [key])).rowCount ?? 0) > 0;
  }

  async clear(): Promise<void> {
    await this.#run('delete from :table', []);
  }

  async removeExpired(nowMs: number): Promise<number> {
    return (await this.#run('delete from :table where expires_at_ms <= $1', [nowMs])).rowCount ?? 0;
  }

  async count(): Promise<number> {
    const { rows } = await this.#run('select count(*)::int as n from :table', []);
    return Number(rows[0]?.n);
  }

  async #run(statement: string, values: unknown[]) {
    await this.#prepare();
    return this.#query(statement.replace(':table', this.#table), values);
  }
}
