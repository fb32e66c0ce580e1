import { eq, inArray } from 'drizzle-orm';
import type { Database, Executor, Transaction } from '../platform/database.ts';
import type { Page } from '../platform/paging.ts';
import type { CatalogueQuery } from './catalogue-query.ts';
import { namedPage, type Wanted } from './named-pages.repository.ts';
import { modelAliases, models } from './registry.table.ts';

export type ModelRow = typeof models.$inferSelect & { aliases: Record<string, number> };
type Changes = Partial<Pick<ModelRow, 'name' | 'description' | 'tags'>>;

export class ModelsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#database.transaction(work);
  }

  async page(wanted: Wanted): Promise<Page<ModelRow>> {
    const { items: names, next_cursor } = await namedPage(this.#database, models, wanted);
    const rows = new Map((await this.#rows(names, this.#database)).map((row) => [row.name, row]));
    return { items: names.flatMap((name) => rows.get(name) ?? []), next_cursor };
  }

  async find(name: string, executor: Executor = this.#database): Promise<ModelRow | undefined> {
    const [row] = await this.#rows([name], executor);
    return row;
  }

  /** Adds the name unless it is there. Either way its row is locked, so version numbers have no twins. */
  async claim(tx: Transaction, name: string, at: Date): Promise<{ isNew: boolean; versionCount: number }> {
    const added = await tx
      .insert(models)
      .values({ name, createdAt: at, updatedAt: at })
      .onConflictDoNothing()
      .returning({ name: models.name });
    const [row] = await tx.select().from(models).where(eq(models.name, name)).for('update');
    // Deleted by somebody else between the two: it is ours to add again.
    if (!row) return this.claim(tx, name, at);
    return { isNew: added.length === 1, versionCount: row.versionCount };
  }

  async lock(tx: Transaction, name: string, strength: 'share' | 'update'): Promise<boolean> {
    const rows = await tx.select().from(models).where(eq(models.name, name)).for(strength);
    return rows.length === 1;
  }

  async change(tx: Transaction, name: string, changes: Changes): Promise<void> {
    if (Object.keys(changes).length > 0) await tx.update(models).set(changes).where(eq(models.name, name));
  }

  async remove(tx: Transaction, name: string): Promise<void> {
    await tx.delete(models).where(eq(models.name, name));
  }

  /** What a search over `models` asks for. */
  async search({ where, orderBy, limit, offset }: CatalogueQuery): Promise<ModelRow[]> {
    const found = await this.#database
      .select({ name: models.name })
      .from(models)
      .where(where)
      .orderBy(...orderBy)
      .limit(limit)
      .offset(offset);
    const names = found.map(({ name }) => name);
    const rows = new Map((await this.#rows(names, this.#database)).map((row) => [row.name, row]));
    return names.flatMap((name) => rows.get(name) ?? []);
  }

  async #rows(names: string[], executor: Executor): Promise<ModelRow[]> {
    if (names.length === 0) return [];
    const rows = await executor.select().from(models).where(inArray(models.name, names));
    const aliases = await executor.select().from(modelAliases).where(inArray(modelAliases.modelName, names));
    const byModel = Map.groupBy(aliases, ({ modelName }) => modelName);
    return rows.map((row) => ({
      ...row,
      aliases: Object.fromEntries(
        (byModel.get(row.name) ?? []).map(({ alias, version }) => [alias, version]),
      ),
    }));
  }
}
