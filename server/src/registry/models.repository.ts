import type { ModelTask } from '@hearth/contract';
import { desc, eq, inArray } from 'drizzle-orm';
import type { Database, Executor, Transaction } from '../platform/database.ts';
import { artifacts, models, modelVersions } from './registry.table.ts';

export type ArtifactRow = typeof artifacts.$inferSelect;
export type VersionRow = typeof modelVersions.$inferSelect & {
  task: ModelTask;
  lineageKind: 'run' | 'upload' | 'pull';
  artifacts: ArtifactRow[];
};
export type NewVersion = Omit<VersionRow, 'version' | 'artifacts'> & {
  artifacts: Pick<ArtifactRow, 'name' | 'format' | 'sha256' | 'sizeBytes'>[];
};
const most = 1000;

export class ModelsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#database.transaction(work);
  }

  /** Every version of the newest models, newest version first. */
  async listVersions(): Promise<VersionRow[]> {
    const names = await this.#database
      .select({ name: models.name })
      .from(models)
      .orderBy(desc(models.createdAt))
      .limit(most);
    return names.length === 0 ? [] : this.#versions(names.map(({ name }) => name));
  }

  versionsOf(name: string, executor: Executor = this.#database): Promise<VersionRow[]> {
    return this.#versions([name], executor);
  }

  async exists(name: string): Promise<boolean> {
    const rows = await this.#database.select().from(models).where(eq(models.name, name));
    return rows.length === 1;
  }

  /** True when the name was free. Either way the model's row is locked, so version numbers have no twins. */
  async claim(tx: Transaction, name: string, at: Date): Promise<boolean> {
    const added = await tx
      .insert(models)
      .values({ name, createdAt: at })
      .onConflictDoNothing()
      .returning({ name: models.name });
    if (added.length === 1) return true;
    await this.lock(tx, name, 'update');
    return false;
  }

  async lock(tx: Transaction, name: string, strength: 'share' | 'update'): Promise<boolean> {
    const rows = await tx.select().from(models).where(eq(models.name, name)).for(strength);
    return rows.length === 1;
  }

  async addVersion(tx: Transaction, { artifacts: files, ...given }: NewVersion): Promise<number> {
    const [newest] = await tx
      .select({ version: modelVersions.version })
      .from(modelVersions)
      .where(eq(modelVersions.modelName, given.modelName))
      .orderBy(desc(modelVersions.version))
      .limit(1);
    const version = (newest?.version ?? 0) + 1;
    await tx.insert(modelVersions).values({ ...given, version });
    await tx
      .insert(artifacts)
      .values(files.map((file) => ({ ...file, modelName: given.modelName, version })));
    return version;
  }

  async remove(tx: Transaction, name: string): Promise<void> {
    await tx.delete(models).where(eq(models.name, name));
  }

  async #versions(names: string[], executor: Executor = this.#database): Promise<VersionRow[]> {
    const [versions, files] = [
      await executor
        .select()
        .from(modelVersions)
        .where(inArray(modelVersions.modelName, names))
        .orderBy(desc(modelVersions.version)),
      await executor
        .select()
        .from(artifacts)
        .where(inArray(artifacts.modelName, names))
        .orderBy(artifacts.name),
    ];
    const byVersion = Map.groupBy(files, (file) => `${file.modelName} ${file.version}`);
    return versions.map((row) => ({
      ...(row as Omit<VersionRow, 'artifacts'>),
      artifacts: byVersion.get(`${row.modelName} ${row.version}`) ?? [],
    }));
  }
}
