import { and, desc, eq, gt, isNull, or } from 'drizzle-orm';
import type { Database } from '../platform/database.ts';
import { apiKeys, users } from './identity.table.ts';

export type KeyRow = typeof apiKeys.$inferSelect;

export class KeysRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  async hasAny(): Promise<boolean> {
    const rows = await this.#database
      .select({ id: apiKeys.id })
      .from(apiKeys)
      .where(isNull(apiKeys.revokedAt))
      .limit(1);
    return rows.length > 0;
  }

  async add(row: typeof apiKeys.$inferInsert): Promise<KeyRow> {
    return (await this.#database.insert(apiKeys).values(row).returning())[0]!;
  }

  /** A key that may be used, with the person who answers for it. */
  async findValid(hash: string, now: Date) {
    const rows = await this.#database
      .select({ key: apiKeys, owner: users })
      .from(apiKeys)
      .leftJoin(users, eq(users.id, apiKeys.createdBy))
      .where(
        and(
          eq(apiKeys.hash, hash),
          isNull(apiKeys.revokedAt),
          or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, now)),
        ),
      );
    return rows[0];
  }

  async list(): Promise<KeyRow[]> {
    return this.#database
      .select()
      .from(apiKeys)
      .where(isNull(apiKeys.revokedAt))
      .orderBy(desc(apiKeys.createdAt))
      .limit(1000);
  }

  async revoke(id: string, now: Date): Promise<KeyRow | undefined> {
    const rows = await this.#database
      .update(apiKeys)
      .set({ revokedAt: now })
      .where(and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
      .returning();
    return rows[0];
  }

  async touch(id: string, at: Date): Promise<void> {
    await this.#database.update(apiKeys).set({ lastUsedAt: at }).where(eq(apiKeys.id, id));
  }
}
