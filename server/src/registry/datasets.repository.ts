import type { DatasetFormat, Lineage } from '@hearth/contract';
import { and, desc, eq, inArray, max, sql } from 'drizzle-orm';
import type { Database, Executor, Transaction } from '../platform/database.ts';
import type { Page } from '../platform/paging.ts';
import { namedPage, type Wanted } from './named-pages.repository.ts';
import { datasets, datasetVersions } from './registry.table.ts';

export type DatasetRow = Pick<
  typeof datasets.$inferSelect,
  'name' | 'description' | 'tags' | 'latestVersion' | 'versionCount' | 'createdAt' | 'updatedAt'
>;
export type DatasetVersionRow = typeof datasetVersions.$inferSelect & {
  format: DatasetFormat;
  lineageKind: Lineage['kind'];
};
export type NewDatasetVersion = Omit<typeof datasetVersions.$inferInsert, 'version'> &
  Pick<DatasetVersionRow, 'format' | 'lineageKind'>;
/** A data set and its newest version. */
export interface WholeDataset {
  dataset: DatasetRow;
  newest: DatasetVersionRow;
}
type Changes = Partial<Pick<DatasetRow, 'name' | 'description' | 'tags'>>;

const shown = {
  name: datasets.name,
  description: datasets.description,
  tags: datasets.tags,
  latestVersion: datasets.latestVersion,
  versionCount: datasets.versionCount,
  createdAt: datasets.createdAt,
  updatedAt: datasets.updatedAt,
};

export class DatasetsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#database.transaction(work);
  }

  async page(wanted: Wanted): Promise<Page<WholeDataset>> {
    const { items: names, next_cursor } = await namedPage(this.#database, datasets, wanted);
    const rows = new Map((await this.#whole(names, this.#database)).map((row) => [row.dataset.name, row]));
    return { items: names.flatMap((name) => rows.get(name) ?? []), next_cursor };
  }

  async find(name: string, executor: Executor = this.#database): Promise<WholeDataset | undefined> {
    const [row] = await this.#whole([name], executor);
    return row;
  }

  /** Which of these names are taken. */
  async taken(names: string[]): Promise<Set<string>> {
    if (names.length === 0) return new Set();
    const rows = await this.#database
      .select({ name: datasets.name })
      .from(datasets)
      .where(inArray(datasets.name, names));
    return new Set(rows.map(({ name }) => name));
  }

  /** Newest first. */
  async versionsOf(name: string, executor: Executor = this.#database): Promise<DatasetVersionRow[]> {
    const rows = await executor
      .select()
      .from(datasetVersions)
      .where(eq(datasetVersions.datasetName, name))
      .orderBy(desc(datasetVersions.version));
    return rows as DatasetVersionRow[];
  }

  async findVersion(name: string, version: number, executor: Executor = this.#database) {
    const rows = await executor
      .select()
      .from(datasetVersions)
      .where(and(eq(datasetVersions.datasetName, name), eq(datasetVersions.version, version)));
    return rows[0] as DatasetVersionRow | undefined;
  }

  /** `share` keeps it from being deleted until the transaction ends, `update` keeps users out. */
  async lock(tx: Transaction, name: string, strength: 'share' | 'update'): Promise<boolean> {
    const rows = await tx.select(shown).from(datasets).where(eq(datasets.name, name)).for(strength);
    return rows.length === 1;
  }

  /** Adds the name unless it is there; its row is locked either way. */
  async claim(tx: Transaction, name: string, at: Date): Promise<{ isNew: boolean }> {
    const added = await tx
      .insert(datasets)
      .values({ name, createdAt: at, updatedAt: at })
      .onConflictDoNothing()
      .returning({ name: datasets.name });
    if (await this.lock(tx, name, 'update')) return { isNew: added.length === 1 };
    // Deleted by somebody else between the two: it is ours to add again.
    return this.claim(tx, name, at);
  }

  /** The next number is never one that was given before. */
  async addVersion(tx: Transaction, given: NewDatasetVersion): Promise<number> {
    const [row] = await tx
      .update(datasets)
      .set({
        lastVersion: sql`${datasets.lastVersion} + 1`,
        latestVersion: sql`${datasets.lastVersion} + 1`,
        versionCount: sql`${datasets.versionCount} + 1`,
        updatedAt: given.createdAt,
      })
      .where(eq(datasets.name, given.datasetName))
      .returning({ version: datasets.lastVersion });
    const version = row!.version;
    await tx.insert(datasetVersions).values({ ...given, version });
    return version;
  }

  async change(tx: Transaction, name: string, changes: Changes): Promise<void> {
    if (Object.keys(changes).length > 0)
      await tx.update(datasets).set(changes).where(eq(datasets.name, name));
  }

  async changeVersion(
    tx: Transaction,
    name: string,
    version: number,
    changes: Omit<Changes, 'name'>,
  ): Promise<void> {
    if (Object.keys(changes).length > 0)
      await tx
        .update(datasetVersions)
        .set(changes)
        .where(and(eq(datasetVersions.datasetName, name), eq(datasetVersions.version, version)));
  }

  async remove(tx: Transaction, name: string): Promise<void> {
    await tx.delete(datasets).where(eq(datasets.name, name));
  }

  /** The last version takes the data set along. */
  async removeVersion(tx: Transaction, name: string, version: number): Promise<void> {
    await tx
      .delete(datasetVersions)
      .where(and(eq(datasetVersions.datasetName, name), eq(datasetVersions.version, version)));
    const [left] = await tx
      .select({ newest: max(datasetVersions.version) })
      .from(datasetVersions)
      .where(eq(datasetVersions.datasetName, name));
    if (!left?.newest) return this.remove(tx, name);
    await tx
      .update(datasets)
      .set({ latestVersion: left.newest, versionCount: sql`${datasets.versionCount} - 1` })
      .where(eq(datasets.name, name));
  }

  async #whole(names: string[], executor: Executor): Promise<WholeDataset[]> {
    if (names.length === 0) return [];
    const rows = await executor
      .select({ dataset: shown, newest: datasetVersions })
      .from(datasets)
      .innerJoin(
        datasetVersions,
        and(
          eq(datasetVersions.datasetName, datasets.name),
          eq(datasetVersions.version, datasets.latestVersion),
        ),
      )
      .where(inArray(datasets.name, names));
    return rows as WholeDataset[];
  }
}
