import { and, eq } from 'drizzle-orm';
import type { Database, Transaction } from '../platform/database.ts';
import { codeFiles } from './code.table.ts';

type NewCodeFile = typeof codeFiles.$inferInsert;

export class CodeRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  async add(tx: Transaction, file: NewCodeFile): Promise<void> {
    await tx.insert(codeFiles).values(file).onConflictDoNothing();
  }

  async has(digest: string, path: string): Promise<boolean> {
    const rows = await this.#database
      .select({ path: codeFiles.path })
      .from(codeFiles)
      .where(and(eq(codeFiles.digest, digest), eq(codeFiles.path, path)));
    return rows.length > 0;
  }
}
