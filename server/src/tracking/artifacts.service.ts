import type { Readable } from 'node:stream';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { BlobsService, IncomingFile, StoredFile } from '../registry/blobs.service.ts';
import type { ArtifactPlace } from './artifact-path.ts';
import type { ArtifactsRepository, Listed, StoredArtifact } from './artifacts.repository.ts';

/** Files of runs: rows here, bytes in the store of the registry. */
export class ArtifactsService {
  readonly #repository: ArtifactsRepository;
  readonly #blobs: BlobsService;
  readonly #clock: Clock;
  constructor(repository: ArtifactsRepository, blobs: BlobsService, clock: Clock) {
    this.#repository = repository;
    this.#blobs = blobs;
    this.#clock = clock;
  }

  /** Takes a file in whole; what was at its place before is replaced. */
  async put(place: ArtifactPlace, source: Readable): Promise<StoredFile> {
    const file = await this.#blobs.receive(source);
    return this.keep(place, file);
  }

  async keep({ owner, path }: ArtifactPlace, file: IncomingFile): Promise<StoredFile> {
    const { sha256, sizeBytes } = file;
    const replaced = await this.#blobs.keep(file, (tx) =>
      this.#repository.put(tx, { owner, path, sha256, sizeBytes }, this.#clock()),
    );
    if (replaced && replaced !== sha256) await this.#blobs.release([replaced]);
    return this.#blobs.get(sha256);
  }

  async get({ owner, path }: ArtifactPlace): Promise<StoredFile> {
    const found = await this.#repository.find(owner, path);
    if (!found) throw new AppError('artifact.not_found', `There is no file ${path} here.`, { path });
    return this.#blobs.get(found.sha256);
  }

  /** Every file below a folder, however deep, with paths from the folder on. */
  below({ owner, path }: ArtifactPlace): Promise<Omit<StoredArtifact, 'owner'>[]> {
    return this.#repository.below(owner, path);
  }

  /** What lies in a folder; of a file, the file alone. */
  async list({ owner, path }: ArtifactPlace): Promise<Listed[]> {
    const inside = await this.#repository.list(owner, path);
    if (inside.length > 0 || path === '') return inside;
    const file = await this.#repository.find(owner, path);
    return file ? [{ path, isDir: false, sizeBytes: file.sizeBytes }] : [];
  }

  async remove({ owner, path }: ArtifactPlace): Promise<void> {
    const released = await this.#repository.transaction((tx) => this.#repository.remove(tx, owner, path));
    await this.#blobs.release(released);
  }
}
