import type { Dataset } from '@hearth/contract';
import type { Clock } from '../platform/clock.ts';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import type { BlobsService, IncomingFile, StoredFile } from './blobs.service.ts';
import type { DatasetRow, DatasetsRepository } from './datasets.repository.ts';
import { Unreadable } from './facts/facts.ts';
import { readFacts } from './facts/read-facts.ts';
import { previewFile } from './preview.ts';

/** Says why something must stay, or nothing. Domains that use data sets or models hand in theirs. */
export type UseCheck = (tx: Transaction, name: string) => Promise<string | undefined>;

export interface NewDataset {
  name: string;
  file: IncomingFile;
  fileName: string;
  source?: string;
  license?: string;
  createdBy: string;
}
/** What a job needs to know of the data it reads. */
export type DatasetForJob = Pick<DatasetRow, 'name' | 'format' | 'sha256' | 'sizeBytes'>;

export class DatasetsService {
  readonly #repository: DatasetsRepository;
  readonly #blobs: BlobsService;
  readonly #clock: Clock;
  readonly #useChecks: UseCheck[] = [];
  constructor(repository: DatasetsRepository, blobs: BlobsService, clock: Clock) {
    this.#repository = repository;
    this.#blobs = blobs;
    this.#clock = clock;
  }

  refuseDeletionWhen(check: UseCheck): void {
    this.#useChecks.push(check);
  }

  async list(): Promise<Dataset[]> {
    return (await this.#repository.list()).map(asDataset);
  }

  async get(name: string): Promise<Dataset> {
    return asDataset(await this.#row(name));
  }

  /** Asked before a long upload, so that it is not made in vain; `add` decides. */
  async requireFree(name: string): Promise<void> {
    if (await this.#repository.find(name)) throw taken(name);
  }

  async add({ name, file, fileName, source, license, createdBy }: NewDataset): Promise<Dataset> {
    const facts = await this.#facts(file, fileName);
    return this.#blobs.keep(file, async (tx) => {
      const row = {
        name,
        ...facts,
        sha256: file.sha256,
        sizeBytes: file.sizeBytes,
        fileName,
        source: source ?? null,
        license: license ?? null,
        createdBy,
        createdAt: this.#clock(),
      };
      if (!(await this.#repository.add(tx, row))) throw taken(name);
      return asDataset(row);
    });
  }

  async file(name: string): Promise<StoredFile & { fileName: string }> {
    const row = await this.#row(name);
    return { ...(await this.#blobs.get(row.sha256)), fileName: safeFileName(row) };
  }

  async preview(name: string, rows: number) {
    const row = await this.#row(name);
    const { path } = await this.#blobs.get(row.sha256);
    return previewFile(path, row.format, rows);
  }

  /** Finds a data set for a job and keeps it from being deleted until the transaction ends. */
  async use(tx: Transaction, name: string): Promise<DatasetForJob> {
    const row = await this.#repository.lock(tx, name, 'share');
    if (!row) throw notFound(name);
    return { name: row.name, format: row.format, sha256: row.sha256, sizeBytes: row.sizeBytes };
  }

  async remove(name: string): Promise<void> {
    const { sha256 } = await this.#repository.transaction(async (tx) => {
      const row = await this.#repository.lock(tx, name, 'update');
      if (!row) throw notFound(name);
      for (const check of this.#useChecks) {
        const reason = await check(tx, name);
        if (reason) throw new AppError('dataset.in_use', reason, { name });
      }
      await this.#repository.remove(tx, name);
      return row;
    });
    await this.#blobs.release([sha256]);
  }

  async #row(name: string): Promise<DatasetRow> {
    const row = await this.#repository.find(name);
    if (!row) throw notFound(name);
    return row;
  }

  async #facts(file: IncomingFile, fileName: string) {
    try {
      return await readFacts(file.path, fileName);
    } catch (error) {
      await this.#blobs.discard(file);
      if (error instanceof Unreadable) throw new AppError('dataset.unreadable', error.message);
      throw error;
    }
  }
}

const notFound = (name: string) =>
  new AppError('dataset.not_found', `There is no data set named ${name}.`, { name });
const taken = (name: string) =>
  new AppError('dataset.exists', `A data set named ${name} is already there.`, { name });

/** The stored name is one the registry allows; the extension is the uploader's, if it is a plain one. */
function safeFileName({ name, fileName }: { name: string; fileName: string }): string {
  const extension = /\.[A-Za-z0-9]{1,12}$/.exec(fileName)?.[0] ?? '';
  return name.endsWith(extension) ? name : `${name}${extension}`;
}

function asDataset(row: DatasetRow): Dataset {
  return {
    name: row.name,
    size_mb: megabytes(row.sizeBytes),
    size_bytes: row.sizeBytes,
    sample_count: row.sampleCount,
    format: row.format,
    dimensions: row.dimensions,
    columns: row.columns,
    sha256: row.sha256,
    source: row.source,
    license: row.license,
    created_at: row.createdAt.toISOString(),
    file_path: `datasets/${safeFileName(row)}`,
  };
}

/** Megabytes of a million bytes, to the byte: rounding is for screens. */
export const megabytes = (bytes: number): number => bytes / 1e6;
