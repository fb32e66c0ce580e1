import { eq, inArray, sql } from 'drizzle-orm';
import type { Database, Executor, Transaction } from '../platform/database.ts';
import { blobs } from './registry.table.ts';

/** Whether a foreign key still points at the row (PostgreSQL 23503), however deep the library wrapped it. */
function isReferenced(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (error as { code?: string }).code === '23503' || isReferenced(error.cause);
}

export class BlobsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  /** Runs `work` while nobody else may add or remove this digest. */
  locked<T>(sha256: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#database.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`blob:${sha256}`}, 0))`);
      return work(tx);
    });
  }

  async add(tx: Transaction, sha256: string, sizeBytes: number): Promise<void> {
    await tx.insert(blobs).values({ sha256, sizeBytes }).onConflictDoNothing();
  }

  /** False while a data set, an artifact or a job still refers to it. */
  async removeUnused(tx: Transaction, sha256: string): Promise<boolean> {
    try {
      await tx.transaction((inner) => inner.delete(blobs).where(eq(blobs.sha256, sha256)));
      return true;
    } catch (error) {
      if (isReferenced(error)) return false;
      throw error;
    }
  }

  async find(sha256: string, executor: Executor = this.#database) {
    const [row] = await executor.select().from(blobs).where(eq(blobs.sha256, sha256));
    return row;
  }

  async known(digests: string[]): Promise<Set<string>> {
    const rows = await this.#database
      .select({ sha256: blobs.sha256 })
      .from(blobs)
      .where(inArray(blobs.sha256, digests));
    return new Set(rows.map((row) => row.sha256));
  }
}
