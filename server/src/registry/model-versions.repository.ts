import type { Lineage, ModelTask } from '@hearth/contract';
import { and, desc, eq, inArray, max, sql } from 'drizzle-orm';
import type { Database, Executor, Transaction } from '../platform/database.ts';
import type { CatalogueQuery } from './catalogue-query.ts';
import { artifacts, datasetVersions, modelAliases, models, modelVersions } from './registry.table.ts';

export type ArtifactRow = typeof artifacts.$inferSelect;
type Stored = typeof modelVersions.$inferSelect;
export type VersionRow = Stored & {
  task: ModelTask;
  lineageKind: Lineage['kind'];
  artifacts: ArtifactRow[];
  aliases: string[];
};
export type NewArtifact = Pick<ArtifactRow, 'name' | 'format' | 'sha256' | 'sizeBytes'>;
export type NewVersion = Omit<typeof modelVersions.$inferInsert, 'version' | 'lineageKind' | 'task'> &
  Pick<VersionRow, 'task' | 'lineageKind'> & { artifacts: NewArtifact[] };
type Changes = Partial<Pick<Stored, 'description' | 'tags' | 'stage' | 'updatedAt'>>;

/** Versions with their files, and the aliases that name them. Writers hold the lock on the model's row. */
export class ModelVersionsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  /** Newest first. */
  async ofModel(name: string, executor: Executor = this.#database): Promise<VersionRow[]> {
    const rows = await executor
      .select()
      .from(modelVersions)
      .where(eq(modelVersions.modelName, name))
      .orderBy(desc(modelVersions.version));
    return this.#whole(rows, executor);
  }

  async find(name: string, version: number, executor: Executor = this.#database) {
    const rows = await executor
      .select()
      .from(modelVersions)
      .where(and(eq(modelVersions.modelName, name), eq(modelVersions.version, version)));
    const [row] = await this.#whole(rows, executor);
    return row;
  }

  /** The newest version of each of these models. */
  async newestOf(names: string[], executor: Executor = this.#database): Promise<Map<string, VersionRow>> {
    if (names.length === 0) return new Map();
    const rows = await executor
      .select({ row: modelVersions })
      .from(modelVersions)
      .innerJoin(
        models,
        and(eq(models.name, modelVersions.modelName), eq(models.latestVersion, modelVersions.version)),
      )
      .where(inArray(models.name, names));
    const whole = await this.#whole(
      rows.map(({ row }) => row),
      executor,
    );
    return new Map(whole.map((row) => [row.modelName, row]));
  }

  /** What a search over `model_versions` asks for. */
  async search({ where, orderBy, limit, offset }: CatalogueQuery): Promise<VersionRow[]> {
    const rows = await this.#database
      .select()
      .from(modelVersions)
      .where(where)
      .orderBy(...orderBy)
      .limit(limit)
      .offset(offset);
    return this.#whole(rows, this.#database);
  }

  /** The next number is never one that was given before. */
  async add(tx: Transaction, { artifacts: files, ...given }: NewVersion): Promise<number> {
    const [model] = await tx
      .update(models)
      .set({
        lastVersion: sql`${models.lastVersion} + 1`,
        latestVersion: sql`${models.lastVersion} + 1`,
        versionCount: sql`${models.versionCount} + 1`,
        updatedAt: given.createdAt,
      })
      .where(eq(models.name, given.modelName))
      .returning({ version: models.lastVersion });
    const version = model!.version;
    const datasetVersion = given.datasetVersion ?? (await this.#datasetVersion(tx, given));
    await tx.insert(modelVersions).values({ ...given, datasetVersion, version, updatedAt: given.createdAt });
    if (files.length > 0)
      await tx
        .insert(artifacts)
        .values(files.map((file) => ({ ...file, modelName: given.modelName, version })));
    return version;
  }

  async change(tx: Transaction, name: string, version: number, changes: Changes): Promise<void> {
    await tx
      .update(modelVersions)
      .set(changes)
      .where(and(eq(modelVersions.modelName, name), eq(modelVersions.version, version)));
  }

  async remove(tx: Transaction, name: string, version: number): Promise<void> {
    await tx
      .delete(modelVersions)
      .where(and(eq(modelVersions.modelName, name), eq(modelVersions.version, version)));
    const [left] = await tx
      .select({ newest: max(modelVersions.version) })
      .from(modelVersions)
      .where(eq(modelVersions.modelName, name));
    await tx
      .update(models)
      .set({ latestVersion: left?.newest ?? null, versionCount: sql`${models.versionCount} - 1` })
      .where(eq(models.name, name));
  }

  async findByAlias(name: string, alias: string, executor: Executor = this.#database) {
    const [row] = await executor
      .select({ version: modelAliases.version })
      .from(modelAliases)
      .where(and(eq(modelAliases.modelName, name), eq(modelAliases.alias, alias)));
    return row?.version;
  }

  async setAlias(tx: Transaction, modelName: string, alias: string, version: number): Promise<void> {
    await tx
      .insert(modelAliases)
      .values({ modelName, alias, version })
      .onConflictDoUpdate({ target: [modelAliases.modelName, modelAliases.alias], set: { version } });
  }

  async removeAlias(tx: Transaction, name: string, alias: string): Promise<boolean> {
    const removed = await tx
      .delete(modelAliases)
      .where(and(eq(modelAliases.modelName, name), eq(modelAliases.alias, alias)))
      .returning({ alias: modelAliases.alias });
    return removed.length === 1;
  }

  /** Which version of its data set had these bytes; null where it is gone or nothing is known. */
  async #datasetVersion(
    tx: Transaction,
    { datasetName, datasetSha256 }: Pick<NewVersion, 'datasetName' | 'datasetSha256'>,
  ): Promise<number | null> {
    if (!datasetName || !datasetSha256) return null;
    const [row] = await tx
      .select({ version: max(datasetVersions.version) })
      .from(datasetVersions)
      .where(and(eq(datasetVersions.datasetName, datasetName), eq(datasetVersions.sha256, datasetSha256)));
    return row?.version ?? null;
  }

  async #whole(rows: Stored[], executor: Executor): Promise<VersionRow[]> {
    if (rows.length === 0) return [];
    const key = (row: { modelName: string; version: number }) => `${row.modelName} ${row.version}`;
    const keys = sql.join(
      rows.map(({ modelName, version }) => sql`(${modelName}, ${version}::int)`),
      sql`, `,
    );
    const files = await executor
      .select()
      .from(artifacts)
      .where(sql`(${artifacts.modelName}, ${artifacts.version}) in (${keys})`)
      .orderBy(artifacts.name);
    const names = await executor
      .select()
      .from(modelAliases)
      .where(sql`(${modelAliases.modelName}, ${modelAliases.version}) in (${keys})`)
      .orderBy(modelAliases.alias);
    const filesOf = Map.groupBy(files, key);
    const aliasesOf = Map.groupBy(names, key);
    return rows.map((row) => ({
      ...(row as Omit<VersionRow, 'artifacts' | 'aliases'>),
      artifacts: filesOf.get(key(row)) ?? [],
      aliases: (aliasesOf.get(key(row)) ?? []).map(({ alias }) => alias),
    }));
  }
}
