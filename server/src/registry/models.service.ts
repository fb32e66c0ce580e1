import type { Model, ModelVersion } from '@hearth/contract';
import type { Clock } from '../platform/clock.ts';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import type { BlobsService, IncomingFile, StoredFile } from './blobs.service.ts';
import { megabytes, type UseCheck } from './datasets.service.ts';
import { Unreadable } from './facts/facts.ts';
import { mainArtifact } from './main-artifact.ts';
import { inspectModelFile } from './model-file.ts';
import type { ModelsRepository, NewVersion, VersionRow } from './models.repository.ts';

export type RegisteredVersion = Omit<NewVersion, 'createdAt'>;
export interface ModelUpload {
  name: string;
  isNewVersion: boolean;
  file: IncomingFile;
  fileName: string;
  createdBy: string;
}

export class ModelsService {
  readonly #repository: ModelsRepository;
  readonly #blobs: BlobsService;
  readonly #clock: Clock;
  readonly #useChecks: UseCheck[] = [];
  /** Names of deployed models; handed in by inference. */
  deployedNames: () => Promise<Set<string>> = async () => new Set();
  constructor(repository: ModelsRepository, blobs: BlobsService, clock: Clock) {
    this.#repository = repository;
    this.#blobs = blobs;
    this.#clock = clock;
  }

  refuseDeletionWhen(check: UseCheck): void {
    this.#useChecks.push(check);
  }

  async list(): Promise<Model[]> {
    const [versions, deployed] = await Promise.all([this.#repository.listVersions(), this.deployedNames()]);
    const byName = Map.groupBy(versions, (version) => version.modelName);
    return [...byName.values()]
      .toSorted(([a], [b]) => b!.createdAt.getTime() - a!.createdAt.getTime())
      .map(([newest, ...older]) => asModel(newest!, older.length + 1, deployed.has(newest!.modelName)));
  }

  async versions(name: string): Promise<ModelVersion[]> {
    return (await this.#rows(name)).map(asVersion);
  }

  /** The version asked for, newest by default. */
  async getVersion(name: string, version?: number, tx?: Transaction): Promise<ModelVersion> {
    return asVersion(await this.#version(name, version, tx));
  }

  async file(name: string, version?: number, format?: string): Promise<StoredFile & { fileName: string }> {
    const row = await this.#version(name, version);
    const found = format
      ? row.artifacts.find((file) => file.format === format)
      : mainArtifact(row.task, row.artifacts);
    if (!found)
      throw new AppError('model.no_such_format', `${name} has no ${format ?? ''} file.`, {
        formats: row.artifacts.map((file) => file.format),
      });
    return { ...(await this.#blobs.get(found.sha256)), fileName: `${name}-v${row.version}${suffix(found)}` };
  }

  async requireFree(name: string): Promise<void> {
    if (await this.#repository.exists(name)) throw taken(name);
  }

  async upload({ name, isNewVersion, file, fileName, createdBy }: ModelUpload): Promise<Model> {
    const facts = await this.#inspect(file, fileName);
    const version = await this.#blobs.keep(file, async (tx) => {
      const isFree = await this.#repository.claim(tx, name, this.#clock());
      if (!isFree && !isNewVersion) throw taken(name);
      return this.#repository.addVersion(tx, {
        ...nothingKnown,
        modelName: name,
        task: facts.task,
        metadata: facts.metadata,
        lineageKind: 'upload',
        source: fileName,
        createdBy,
        createdAt: this.#clock(),
        artifacts: [
          {
            name: artifactName(fileName),
            format: facts.format,
            sha256: file.sha256,
            sizeBytes: file.sizeBytes,
          },
        ],
      });
    });
    const rows = await this.#rows(name);
    return asModel(rows.find((row) => row.version === version) ?? rows[0]!, rows.length, false);
  }

  /** Registers a job's result as the next version, inside the transaction that ends the job. */
  async register(tx: Transaction, version: RegisteredVersion): Promise<number> {
    const createdAt = this.#clock();
    await this.#repository.claim(tx, version.modelName, createdAt);
    return this.#repository.addVersion(tx, { ...version, createdAt });
  }

  /** Finds a version for use and keeps the model from being deleted until the transaction ends. */
  async use(tx: Transaction, name: string, version?: number): Promise<ModelVersion> {
    await this.#repository.lock(tx, name, 'share');
    return this.getVersion(name, version, tx);
  }

  async remove(name: string): Promise<void> {
    const rows = await this.#repository.transaction(async (tx) => {
      if (!(await this.#repository.lock(tx, name, 'update'))) throw notFound(name);
      for (const check of this.#useChecks) {
        const reason = await check(tx, name);
        if (reason) throw new AppError('model.in_use', reason, { name });
      }
      const versions = await this.#repository.versionsOf(name, tx);
      await this.#repository.remove(tx, name);
      return versions;
    });
    await this.#blobs.release(rows.flatMap((row) => row.artifacts.map((file) => file.sha256)));
  }

  async #rows(name: string, tx?: Transaction): Promise<VersionRow[]> {
    const rows = await this.#repository.versionsOf(name, tx);
    if (rows.length === 0) throw notFound(name);
    return rows;
  }

  async #version(name: string, version?: number, tx?: Transaction): Promise<VersionRow> {
    const rows = await this.#rows(name, tx);
    const row = version === undefined ? rows[0] : rows.find((other) => other.version === version);
    if (!row) throw new AppError('model.not_found', `${name} has no version ${version}.`, { name, version });
    return row;
  }

  async #inspect(file: IncomingFile, fileName: string) {
    try {
      return await inspectModelFile(file.path, fileName);
    } catch (error) {
      await this.#blobs.discard(file);
      if (error instanceof Unreadable) throw new AppError('model.unreadable', error.message);
      throw error;
    }
  }
}

const nothingKnown = { sessionId: null, datasetName: null, datasetSha256: null } as const;
const notFound = (name: string) =>
  new AppError('model.not_found', `There is no model named ${name}.`, { name });
const taken = (name: string) =>
  new AppError('model.exists', `A model named ${name} is already there.`, { name });
const suffix = (file: { format: string }) => (file.format === 'other' ? '' : `.${file.format}`);

/** The uploader's file name without its folders and without what does not belong into a name. */
const artifactName = (fileName: string) =>
  (fileName.split(/[\\/]/).pop() ?? '').replace(/[^A-Za-z0-9._-]/g, '_').slice(-120) || 'model';

function asModel(newest: VersionRow, versions: number, deployed: boolean): Model {
  const sizeBytes = newest.artifacts.reduce((sum, file) => sum + file.sizeBytes, 0);
  const main = mainArtifact(newest.task, newest.artifacts);
  return {
    name: newest.modelName,
    size_mb: megabytes(main?.sizeBytes ?? sizeBytes),
    created_at: newest.createdAt.toISOString(),
    file_path: `models/${newest.modelName}/${newest.version}/${main?.name ?? ''}`,
    version: newest.version,
    versions,
    task: newest.task,
    formats: newest.artifacts.map((file) => file.format),
    deployed,
  };
}

function asVersion(row: VersionRow): ModelVersion {
  return {
    name: row.modelName,
    version: row.version,
    task: row.task,
    artifacts: row.artifacts.map(({ name, format, sizeBytes, sha256 }) => ({
      name,
      format,
      size_bytes: sizeBytes,
      sha256,
    })),
    metadata: row.metadata,
    lineage: {
      kind: row.lineageKind,
      session_id: row.sessionId,
      dataset_name: row.datasetName,
      dataset_sha256: row.datasetSha256,
      source: row.source,
      created_by: row.createdBy,
    },
    size_bytes: row.artifacts.reduce((sum, file) => sum + file.sizeBytes, 0),
    created_at: row.createdAt.toISOString(),
  };
}
