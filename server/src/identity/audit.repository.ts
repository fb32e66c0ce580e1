import type { AuditRow } from '@hearth/contract';
import { and, desc, eq, lt } from 'drizzle-orm';
import type { Database } from '../platform/database.ts';
import { auditRows } from './identity.table.ts';

export type NewAuditRow = Omit<typeof auditRows.$inferInsert, 'id'>;

export class AuditRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  async add(rows: readonly NewAuditRow[]): Promise<void> {
    for (let from = 0; from < rows.length; from += 1000)
      await this.#database.insert(auditRows).values(rows.slice(from, from + 1000));
  }

  async list(limit: number, before?: bigint, action?: string): Promise<AuditRow[]> {
    const rows = await this.#database
      .select()
      .from(auditRows)
      .where(
        and(
          before === undefined ? undefined : lt(auditRows.id, before),
          action ? eq(auditRows.action, action) : undefined,
        ),
      )
      .orderBy(desc(auditRows.id))
      .limit(limit);
    return rows.map((row) => ({ ...row, id: String(row.id), at: row.at.toISOString() }));
  }
}
