import { and, desc, eq, lt, sql } from 'drizzle-orm';
import type { Database } from '../platform/database.ts';
import { uploads } from './registry.table.ts';

export type UploadRow = typeof uploads.$inferSelect & { kind: 'model' | 'dataset' };
export type NewUpload = typeof uploads.$inferInsert & { kind: 'model' | 'dataset' };
const most = 200;

export class UploadsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  async add(row: NewUpload): Promise<UploadRow> {
    const [added] = await this.#database.insert(uploads).values(row).returning();
    return added as UploadRow;
  }

  async find(id: string): Promise<UploadRow | undefined> {
    const [row] = await this.#database.select().from(uploads).where(eq(uploads.id, id));
    return row as UploadRow | undefined;
  }

  async ofOwner(ownerId: string, now: Date): Promise<UploadRow[]> {
    const rows = await this.#database
      .select()
      .from(uploads)
      .where(and(eq(uploads.ownerId, ownerId), sql`${uploads.expiresAt} > ${now.toISOString()}`))
      .orderBy(desc(uploads.createdAt))
      .limit(most);
    return rows as UploadRow[];
  }

  async change(id: string, changes: Partial<Pick<UploadRow, 'expiresAt' | 'version'>>): Promise<void> {
    await this.#database.update(uploads).set(changes).where(eq(uploads.id, id));
  }

  async remove(id: string): Promise<void> {
    await this.#database.delete(uploads).where(eq(uploads.id, id));
  }

  async expired(now: Date): Promise<string[]> {
    const rows = await this.#database
      .select({ id: uploads.id })
      .from(uploads)
      .where(lt(uploads.expiresAt, now))
      .limit(1000);
    return rows.map(({ id }) => id);
  }
}
