import { and, eq, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../platform/database.ts';
import { runArtifacts } from './tracking.table.ts';

export interface StoredArtifact {
  owner: string;
  path: string;
  sha256: string;
  sizeBytes: number;
}
/** A file or a folder of a listing, by its whole path. */
export interface Listed {
  path: string;
  isDir: boolean;
  sizeBytes: number | null;
}
/** Entries a listing shows at most. */
const mostListed = 10_000;

/** Below a folder; with '' below everything. */
const below = (folder: string) =>
  folder === '' ? sql`true` : sql`starts_with(${runArtifacts.path}, ${`${folder}/`})`;

export class ArtifactsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#database.transaction(work);
  }

  /** The digest of the file it replaces, if there was one. */
  async put(tx: Transaction, artifact: StoredArtifact, at: Date): Promise<string | undefined> {
    const { owner, path, sha256, sizeBytes } = artifact;
    const where = and(eq(runArtifacts.owner, owner), eq(runArtifacts.path, path));
    const [before] = await tx.select({ sha256: runArtifacts.sha256 }).from(runArtifacts).where(where);
    await tx
      .insert(runArtifacts)
      .values({ ...artifact, createdAt: at })
      .onConflictDoUpdate({
        target: [runArtifacts.owner, runArtifacts.path],
        set: { sha256, sizeBytes, createdAt: at },
      });
    return before?.sha256;
  }

  async find(owner: string, path: string): Promise<(StoredArtifact & { createdAt: Date }) | undefined> {
    const [row] = await this.#database
      .select()
      .from(runArtifacts)
      .where(and(eq(runArtifacts.owner, owner), eq(runArtifacts.path, path)));
    return row;
  }

  /** Every file below a folder, however deep; of a file, the file alone. Paths are told from the folder. */
  async below(owner: string, folder: string): Promise<Omit<StoredArtifact, 'owner'>[]> {
    const rows = await this.#database
      .select()
      .from(runArtifacts)
      .where(and(eq(runArtifacts.owner, owner), sql`(${runArtifacts.path} = ${folder} or ${below(folder)})`))
      .orderBy(runArtifacts.path)
      .limit(mostListed);
    const start = folder === '' ? 0 : folder.length + 1;
    return rows.map(({ path, sha256, sizeBytes }) => ({
      path: path === folder ? path.slice(path.lastIndexOf('/') + 1) : path.slice(start),
      ...{ sha256, sizeBytes },
    }));
  }

  /** Files and folders directly in a folder, by name. */
  async list(owner: string, folder: string): Promise<Listed[]> {
    const start = folder === '' ? 0 : folder.length + 1;
    const { rows } = await this.#database.execute<{ name: string; is_dir: boolean; size: string | null }>(sql`
      select split_part(substr(path, ${start + 1}::int), '/', 1) as name,
        bool_or(strpos(substr(path, ${start + 1}::int), '/') > 0) as is_dir,
        max(size_bytes) as size
      from run_artifacts where owner = ${owner} and ${below(folder)} group by 1 order by 1 limit ${mostListed}`);
    const prefix = folder === '' ? '' : `${folder}/`;
    return rows.map(({ name, is_dir: isDir, size }) => ({
      path: prefix + name,
      isDir,
      sizeBytes: isDir ? null : Number(size),
    }));
  }

  /** Removes a file, or everything below a folder; the digests that were let go. */
  async remove(tx: Transaction, owner: string, path: string): Promise<string[]> {
    const rows = await tx
      .delete(runArtifacts)
      .where(and(eq(runArtifacts.owner, owner), sql`(${runArtifacts.path} = ${path} or ${below(path)})`))
      .returning({ sha256: runArtifacts.sha256 });
    return rows.map(({ sha256 }) => sha256);
  }
}
