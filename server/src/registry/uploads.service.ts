import { randomUUID } from 'node:crypto';
import { mkdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type Upload, type UploadMetadata, uploadLifetimeMs } from '@hearth/contract';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { Intake } from './intake.ts';
import { type Checksum, PartialFile } from './partial-file.ts';
import { UploadLocks } from './upload-locks.ts';
import type { UploadRow, UploadsRepository } from './uploads.repository.ts';

export interface Owner {
  id: string;
  name: string;
}
interface Needs {
  folder: string;
  maxBytes: number;
  repository: UploadsRepository;
  intakes: Record<UploadRow['kind'], Intake>;
  clock: Clock;
}
/** Room that other writers of the disk are left. */
const reserveBytes = 64 * 1024 * 1024;

/** Uploads that survive cuts, restarts and days; the last byte makes them a version of a model or data set. */
export class UploadsService {
  readonly #needs: Needs;
  readonly #locks = new UploadLocks();
  constructor(needs: Needs) {
    this.#needs = needs;
  }

  get maxBytes(): number {
    return this.#needs.maxBytes;
  }

  async create(sizeBytes: number, metadata: UploadMetadata, owner: Owner): Promise<Upload> {
    const { repository, intakes, clock, maxBytes } = this.#needs;
    if (sizeBytes > maxBytes)
      throw new AppError('request.too_large', `The file is larger than ${maxBytes} bytes.`, { maxBytes });
    if (sizeBytes === 0) throw new AppError(`${metadata.kind}.unreadable`, 'The file is empty.');
    const isNewVersion = metadata.new_version === 'true';
    if (!isNewVersion) await intakes[metadata.kind].requireFree(metadata.name);
    await this.#requireRoom(sizeBytes);
    const id = randomUUID();
    await this.#file(id).create();
    const row = await repository.add({
      ...{ id, kind: metadata.kind, name: metadata.name, isNewVersion, fileName: metadata.filename },
      ...{ sizeBytes, sha256: metadata.sha256 ?? null, runId: metadata.run_id ?? null },
      ...{ ownerId: owner.id, createdBy: owner.name, createdAt: clock(), expiresAt: this.#expiry() },
    });
    return asUpload(row, 0);
  }

  async list(owner: Owner): Promise<Upload[]> {
    const rows = await this.#needs.repository.ofOwner(owner.id, this.#needs.clock());
    return Promise.all(rows.map(async (row) => asUpload(row, await this.#received(row))));
  }

  /** How far it is. One that has come whole but was not stored, because the server ended just then, is stored now. */
  async get(id: string, owner: Owner): Promise<Upload> {
    const known = await this.#row(id, owner);
    if (known.version !== null) return asUpload(known, known.sizeBytes);
    return this.#locks.hold(id, async () => {
      // Whoever was waited for may have completed or cancelled it.
      const row = await this.#row(id, owner);
      const received = await this.#received(row);
      return received < row.sizeBytes ? asUpload(row, received) : this.#finish(row);
    });
  }

  async append(id: string, owner: Owner, offset: number, body: Readable, checksum?: Checksum) {
    const row = await this.#row(id, owner);
    return this.#locks.hold(id, async (signal) => {
      const file = this.#file(id);
      const at = await this.#received(await this.#row(id, owner));
      if (at !== offset)
        throw new AppError('upload.offset_conflict', `The upload stands at ${at}, not at ${offset}.`, {
          offset: at,
        });
      await this.#needs.repository.change(id, { expiresAt: this.#expiry() });
      const received = await file.append(body, { offset, sizeBytes: row.sizeBytes, checksum, signal });
      return received < row.sizeBytes ? asUpload(row, received) : this.#finish(row);
    });
  }

  async cancel(id: string, owner: Owner): Promise<void> {
    await this.#row(id, owner);
    await this.#locks.hold(id, () => this.#forget(id));
  }

  /** Removes what nobody has continued in time. */
  async sweep(): Promise<number> {
    const ids = await this.#needs.repository.expired(this.#needs.clock());
    for (const id of ids) await this.#locks.hold(id, () => this.#forget(id));
    return ids.length;
  }

  /** Refused for what it is, it can never become anything and goes; refused for the server's trouble, it stays. */
  async #finish(row: UploadRow): Promise<Upload> {
    const { repository, intakes } = this.#needs;
    const current = await repository.find(row.id);
    if (current && current.version !== null) return asUpload(current, row.sizeBytes);
    try {
      const { path } = this.#file(row.id);
      const sha256 = await this.#file(row.id).digest();
      if (row.sha256 !== null && row.sha256 !== sha256)
        throw new AppError('artifact.digest_mismatch', 'What arrived has another digest than announced.', {
          expected: row.sha256,
          received: sha256,
        });
      const { name, isNewVersion, fileName, runId, createdBy, sizeBytes } = row;
      const file = { path, sha256, sizeBytes };
      const source = { runId: runId ?? undefined, createdBy };
      const added = await intakes[row.kind].take({ name, isNewVersion, file, fileName, ...source });
      await repository.change(row.id, { version: added.version });
      return asUpload({ ...row, version: added.version }, sizeBytes);
    } catch (error) {
      if (error instanceof AppError && error.status < 500) await this.#forget(row.id);
      throw error;
    }
  }

  async #requireRoom(sizeBytes: number): Promise<void> {
    await mkdir(this.#needs.folder, { recursive: true, mode: 0o700 });
    const { bavail, bsize } = await statfs(this.#needs.folder);
    const freeBytes = bavail * bsize;
    if (sizeBytes + reserveBytes > freeBytes)
      throw new AppError('storage.full', 'There is not enough space on the disk for this file.', {
        size_bytes: sizeBytes,
        free_bytes: freeBytes,
      });
  }

  async #row(id: string, owner: Owner): Promise<UploadRow> {
    const row = await this.#needs.repository.find(id);
    if (!row || row.ownerId !== owner.id || row.expiresAt <= this.#needs.clock())
      throw new AppError('upload.not_found', 'There is no such upload, or it has expired.', { id });
    return row;
  }

  async #received(row: UploadRow): Promise<number> {
    return row.version === null ? this.#file(row.id).length() : row.sizeBytes;
  }

  async #forget(id: string): Promise<void> {
    await this.#needs.repository.remove(id);
    await this.#file(id).remove();
  }

  #file(id: string): PartialFile {
    return new PartialFile(join(this.#needs.folder, id));
  }

  #expiry(): Date {
    return new Date(this.#needs.clock().getTime() + uploadLifetimeMs);
  }
}

function asUpload(row: UploadRow, received: number): Upload {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    file_name: row.fileName,
    size_bytes: row.sizeBytes,
    received_bytes: received,
    version: row.version,
    created_by: row.createdBy,
    created_at: row.createdAt.toISOString(),
    expires_at: row.expiresAt.toISOString(),
  };
}
