import type { BlobsService } from './blobs.service.ts';
import type { DatasetsService } from './datasets.service.ts';
import { readFacts } from './facts/read-facts.ts';
import { type Intake, inspected, type NewFile } from './intake.ts';
import { megabytes } from './megabytes.ts';

export interface NewData extends NewFile {
  /** Where bundled data came from, and under what licence. */
  origin?: { source: string; license: string };
}

/** Uploaded files as versions of data sets. */
export class DatasetIntake implements Intake {
  readonly #datasets: DatasetsService;
  readonly #blobs: BlobsService;
  constructor(datasets: DatasetsService, blobs: BlobsService) {
    this.#datasets = datasets;
    this.#blobs = blobs;
  }

  requireFree(name: string): Promise<void> {
    return this.#datasets.requireFree(name);
  }

  async take({ name, isNewVersion, file, fileName, runId, createdBy, origin }: NewData) {
    const read = () => readFacts(file.path, fileName);
    const facts = await inspected(this.#blobs, file, 'dataset.unreadable', read);
    const { sha256, sizeBytes } = file;
    const kind = origin ? 'bundled' : runId ? 'run' : 'upload';
    const row = {
      ...{ datasetName: name, sha256, sizeBytes, fileName, createdBy },
      ...facts,
      ...({ lineageKind: kind, runId: runId ?? null } as const),
      ...{ source: origin?.source ?? null, license: origin?.license ?? null },
    };
    const version = await this.#blobs.keep(file, (tx) =>
      isNewVersion ? this.#datasets.register(tx, row) : this.#datasets.registerFirst(tx, row),
    );
    return { name, version, sizeMb: megabytes(sizeBytes) };
  }
}
