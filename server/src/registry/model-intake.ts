import type { BlobsService } from './blobs.service.ts';
import { type Intake, inspected, type NewFile } from './intake.ts';
import { megabytes } from './megabytes.ts';
import { inspectModelFile } from './model-file.ts';
import type { ModelsService } from './models.service.ts';

/** Uploaded files as versions of models. */
export class ModelIntake implements Intake {
  readonly #models: ModelsService;
  readonly #blobs: BlobsService;
  constructor(models: ModelsService, blobs: BlobsService) {
    this.#models = models;
    this.#blobs = blobs;
  }

  requireFree(name: string): Promise<void> {
    return this.#models.requireFree(name);
  }

  async take({ name, isNewVersion, file, fileName, runId, createdBy }: NewFile) {
    const read = () => inspectModelFile(file.path, fileName);
    const { task, format, metadata } = await inspected(this.#blobs, file, 'model.unreadable', read);
    const { sha256, sizeBytes } = file;
    const row = {
      ...{ modelName: name, task, metadata, source: fileName, createdBy },
      ...{ lineageKind: runId ? ('run' as const) : ('upload' as const), runId: runId ?? null },
      artifacts: [{ name: artifactName(fileName), format, sha256, sizeBytes }],
    };
    const version = await this.#blobs.keep(file, (tx) =>
      isNewVersion ? this.#models.register(tx, row) : this.#models.registerFirst(tx, row),
    );
    return { name, version, sizeMb: megabytes(sizeBytes) };
  }
}

/** The uploader's file name without its folders and without what does not belong into a name. */
const artifactName = (fileName: string) =>
  (fileName.split(/[\\/]/).pop() ?? '').replace(/[^A-Za-z0-9._-]/g, '_').slice(-120) || 'model';
