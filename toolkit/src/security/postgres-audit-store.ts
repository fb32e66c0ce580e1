import { type SqlQuery, tableMaker, tableName } from '../storage/sql-query.ts';
import type { AuditEvent, AuditFilter, AuditStore } from './audit-logger.ts';

/** Events in a table of PostgreSQL, which is made on first use. Any number of processes may share it. */
export class PostgresAuditStore implements AuditStore {
  readonly #query: SqlQuery;
  readonly #table: string;
  readonly #prepare: () => Promise<void>;

  /** `table` by default `toolkit_audit`; throws a RangeError for a name that is none. */
  constructor(query: SqlQuery, { table = 'toolkit_audit' }: { table?: string } = {}) {
    this.#query = query;
    this.#table = tableName(table);
    const columns = `id bigint generated always as identity primary key, at timestamptz not null, type text not null,
      user_id text not null, success boolean not null, details jsonb not null`;
    this.#prepare = tableMaker(query, this.#table, columns);
  }

  async append({ timestamp, type, userId, success, details }: AuditEvent): Promise<void> {
    await this.#prepare();
    const statement = `insert into ${this.#table} (at, type, user_id, success, details) values ($1, $2, $3, $4, $5)`;
    await this.#query(statement, [timestamp, type, userId, success, JSON.stringify(details)]);
  }

  async recent(limit: number, { type, userId }: AuditFilter): Promise<AuditEvent[]> {
    await this.#prepare();
    const statement = `select * from ${this.#table}
      where ($2::text is null or type = $2) and ($3::text is null or user_id = $3) order by id desc limit $1`;
    const most = Number.isFinite(limit) ? limit : null;
    const { rows } = await this.#query(statement, [most, type ?? null, userId ?? null]);
    return rows.map((row) => ({
      timestamp: new Date(String(row.at)).toISOString(),
      type: String(row.type),
      userId: String(row.user_id),
      success: row.success === true,
      details: row.details as Record<string, unknown>,
    }));
  }
}
