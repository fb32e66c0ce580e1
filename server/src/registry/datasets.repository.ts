import type { DatasetFormat } from '@hearth/contract';
import { desc, eq } from 'drizzle-orm';
import type { Database, Executor, Transaction } from '../platform/database.ts';
import { datasets } from './registry.table.ts';

export type DatasetRow = typeof datasets.$inferSelect & { format: DatasetFormat };
type NewDataset = typeof datasets.$inferInsert & { format: DatasetFormat };

/** More data sets than a page shows would be unusual; the list is bounded all the same. */
const most = 1000;

export class DatasetsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#database.transaction(work);
  }

  async list(): Promise<DatasetRow[]> {
    const rows = await this.#database.select().from(datasets).orderBy(desc(datasets.createdAt)).limit(most);
    return rows as DatasetRow[];
  }

  async find(name: string, executor: Executor = this.#database): Promise<DatasetRow | undefined> {
    const [row] = await executor.select().from(datasets).where(eq(datasets.name, name));
    return row as DatasetRow | undefined;
  }

  /** `share` keeps it from being deleted until the transaction ends, `update` keeps users out. */
  async lock(tx: Transaction, name: string, strength: 'share' | 'update'): Promise<DatasetRow | undefined> {
    const [row] = await tx.select().from(datasets).where(eq(datasets.name, name)).for(strength);
    return row as DatasetRow | undefined;
  }

  /** False when the name is taken. */
  async add(tx: Transaction, row: NewDataset): Promise<boolean> {
    const added = await tx
      .insert(datasets)
      .values(row)
      .onConflictDoNothing({ target: datasets.name })
      .returning({ name: datasets.name });
    return added.length === 1;
  }

  async remove(tx: Transaction, name: string): Promise<void> {
    await tx.delete(datasets).where(eq(datasets.name, name));
  }
}
