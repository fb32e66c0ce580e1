import type { Dataset, DatasetPreview, DatasetVersion, Use } from '@hearth/contract';
import type { Clock } from '../platform/clock.ts';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { isDuplicate } from '../platform/failures.ts';
import type { Page } from '../platform/paging.ts';
import { storable } from '../platform/storable.ts';
import type { BlobsService, StoredFile } from './blobs.service.ts';
import { asDataset, asDatasetVersion, datasetFileName } from './dataset-view.ts';
import type { DatasetsRepository, DatasetVersionRow, NewDatasetVersion } from './datasets.repository.ts';
import type { Wanted } from './named-pages.repository.ts';
import { previewFile } from './preview/preview.ts';
import { type UseCheck, Uses } from './uses.ts';

export type RegisteredData = Omit<NewDatasetVersion, 'createdAt'>;
/** What a job needs to know of the data it reads. */
export type DatasetForJob = Pick<DatasetVersionRow, 'version' | 'format' | 'sha256' | 'sizeBytes'> & {
  name: string;
};
interface Changes {
  name?: string | undefined;
  description?: string | undefined;
  tags?: Record<string, string> | undefined;
}

export class DatasetsService {
  readonly #repository: DatasetsRepository;
  readonly #blobs: BlobsService;
  readonly #clock: Clock;
  readonly #uses = new Uses();
  constructor(repository: DatasetsRepository, blobs: BlobsService, clock: Clock) {
    this.#repository = repository;
    this.#blobs = blobs;
    this.#clock = clock;
  }

  refuseDeletionWhen(check: UseCheck): void {
    this.#uses.add(check);
  }

  async page(wanted: Wanted): Promise<Page<Dataset>> {
    const { items, next_cursor } = await this.#repository.page(wanted);
    return { items: items.map(asDataset), next_cursor };
  }

  async get(name: string): Promise<Dataset> {
    const row = await this.#repository.find(name);
    if (!row) throw notFound(name);
    return asDataset(row);
  }

  /** Which of these names are taken. */
  taken(names: string[]): Promise<Set<string>> {
    return this.#repository.taken(names);
  }

  async users(name: string): Promise<Use[]> {
    await this.get(name);
    return this.#repository.transaction((tx) => this.#uses.of(tx, name));
  }

  async versions(name: string): Promise<DatasetVersion[]> {
    const rows = await this.#repository.versionsOf(name);
    if (rows.length === 0) throw notFound(name);
    return rows.map(asDatasetVersion);
  }

  async requireFree(name: string): Promise<void> {
    if ((await this.#repository.taken([name])).size > 0) throw taken(name);
  }

  /** Adds a version inside a transaction; the data set is made with its first one. */
  async register(tx: Transaction, version: RegisteredData): Promise<number> {
    const createdAt = this.#clock();
    await this.#repository.claim(tx, version.datasetName, createdAt);
    return this.#add(tx, version, createdAt);
  }

  /** As `register`, but throws `dataset.exists` when the name is taken. */
  async registerFirst(tx: Transaction, version: RegisteredData): Promise<number> {
    const createdAt = this.#clock();
    const { isNew } = await this.#repository.claim(tx, version.datasetName, createdAt);
    if (!isNew) throw taken(version.datasetName);
    return this.#add(tx, version, createdAt);
  }

  async file(name: string, version?: number): Promise<StoredFile & { fileName: string }> {
    const row = await this.#version(name, version);
    return { ...(await this.#blobs.get(row.sha256)), fileName: datasetFileName(row) };
  }

  async preview(name: string, rows: number, version?: number): Promise<DatasetPreview> {
    const row = await this.#version(name, version);
    const { path } = await this.#blobs.get(row.sha256);
    return previewFile(path, row, rows);
  }

  /** Finds a data set for a job and keeps it from being deleted until the transaction ends. */
  async use(tx: Transaction, name: string, version?: number): Promise<DatasetForJob> {
    if (!(await this.#repository.lock(tx, name, 'share'))) throw notFound(name);
    const row = await this.#version(name, version, tx);
    const { format, sha256, sizeBytes } = row;
    return { name, version: row.version, format, sha256, sizeBytes };
  }

  async change(name: string, { name: newName, ...changes }: Changes): Promise<Dataset> {
    const isRenamed = newName !== undefined && newName !== name;
    await this.#locked(name, async (tx) => {
      if (isRenamed) await this.#uses.requireNone(tx, 'dataset.in_use', name);
      await this.#repository
        .change(tx, name, isRenamed ? { ...given(changes), name: newName } : given(changes))
        .catch((error: unknown) => {
          throw isRenamed && isDuplicate(error) ? taken(newName) : error;
        });
    });
    return this.get(newName ?? name);
  }

  async changeVersion(
    name: string,
    version: number,
    changes: Omit<Changes, 'name'>,
  ): Promise<DatasetVersion> {
    await this.#locked(name, (tx) => this.#repository.changeVersion(tx, name, version, given(changes)));
    return asDatasetVersion(await this.#version(name, version));
  }

  async remove(name: string): Promise<void> {
    const rows = await this.#locked(name, async (tx) => {
      await this.#uses.requireNone(tx, 'dataset.in_use', name);
      const versions = await this.#repository.versionsOf(name, tx);
      await this.#repository.remove(tx, name);
      return versions;
    });
    await this.#blobs.release(rows.map(({ sha256 }) => sha256));
  }

  async removeVersion(name: string, version: number): Promise<void> {
    const { sha256 } = await this.#locked(name, async (tx) => {
      const row = await this.#version(name, version, tx);
      await this.#uses.requireNone(tx, 'dataset.in_use', name, version);
      await this.#repository.removeVersion(tx, name, version);
      return row;
    });
    await this.#blobs.release([sha256]);
  }

  #add(tx: Transaction, version: RegisteredData, createdAt: Date): Promise<number> {
    const { columns, details, fileName } = version;
    return this.#repository.addVersion(tx, {
      ...version,
      ...storable({ columns, details, fileName }),
      createdAt,
    });
  }

  #locked<T>(name: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#repository.transaction(async (tx) => {
      if (!(await this.#repository.lock(tx, name, 'update'))) throw notFound(name);
      return work(tx);
    });
  }

  async #version(name: string, version?: number, tx?: Transaction): Promise<DatasetVersionRow> {
    const newest = await this.#repository.find(name, tx);
    if (!newest) throw notFound(name);
    if (version === undefined) return newest.newest;
    const row = await this.#repository.findVersion(name, version, tx);
    if (row) return row;
    throw new AppError('dataset.not_found', `${name} has no version ${version}.`, { name, version });
  }
}

const notFound = (name: string) =>
  new AppError('dataset.not_found', `There is no data set named ${name}.`, { name });
const taken = (name: string) =>
  new AppError('dataset.exists', `A data set named ${name} is already there.`, { name });

/** Only what was given: a field left out stays as it is. */
const given = ({ description, tags }: Changes) => ({
  ...(description === undefined ? {} : { description: storable(description) }),
  ...(tags === undefined ? {} : { tags: storable(tags) }),
});
