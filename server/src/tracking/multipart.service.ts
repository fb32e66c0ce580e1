import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { AppError } from '../platform/errors.ts';
import { newToken } from '../platform/tokens.ts';
import type { BlobsService, IncomingFile } from '../registry/blobs.service.ts';
import type { ArtifactPlace } from './artifact-path.ts';

interface Begun extends ArtifactPlace {
  /** Whose upload it is. */
  caller: string;
}
const abandonedMs = 24 * 60 * 60_000;

/** Uploads in parts: a folder each, a file a part, put together in one stream when they are complete. */
export class MultipartService {
  readonly #folder: string;
  readonly #blobs: BlobsService;
  constructor(folder: string, blobs: BlobsService) {
    this.#folder = folder;
    this.#blobs = blobs;
  }

  async create(begun: Begun): Promise<string> {
    const id = newToken('up_');
    await mkdir(this.#folderOf(id), { recursive: true, mode: 0o700 });
    await writeFile(join(this.#folderOf(id), 'upload.json'), JSON.stringify(begun));
    return id;
  }

  /** Stores a part, or replaces it; answers its ETag. */
  async putPart(id: string, part: number, caller: string, source: Readable): Promise<string> {
    await this.#find(id, caller);
    const file = await this.#blobs.receive(source);
    await rename(file.path, join(this.#folderOf(id), `${part}.part`));
    return `"${file.sha256}"`;
  }

  /** The whole file, in the order of the part numbers. The caller keeps it, then calls `remove`. */
  async assemble(id: string, place: ArtifactPlace, caller: string, parts: number[]): Promise<IncomingFile> {
    const begun = await this.#find(id, caller);
    const wanted = [...new Set(parts)].sort((a, b) => a - b);
    const files = new Set(await readdir(this.#folderOf(id)));
    const missing = wanted.filter((part) => !files.has(`${part}.part`));
    if (begun.owner !== place.owner || begun.path !== place.path || missing.length > 0)
      throw new AppError('artifact.no_such_upload', 'This upload is of another file, or lacks parts.', {
        missing,
      });
    const paths = wanted.map((part) => join(this.#folderOf(id), `${part}.part`));
    return this.#blobs.receive(Readable.from(bytesOf(paths), { objectMode: false }));
  }

  async abort(id: string, caller: string): Promise<void> {
    await this.#find(id, caller);
    await this.remove(id);
  }

  async remove(id: string): Promise<void> {
    await rm(this.#folderOf(id), { recursive: true, force: true });
  }

  /** Removes uploads that nobody went on with. */
  async sweep(now: Date): Promise<void> {
    for (const name of await readdir(this.#folder).catch(() => [])) {
      const path = join(this.#folder, name);
      const found = await stat(path).catch(() => undefined);
      if (found && found.mtimeMs < now.getTime() - abandonedMs)
        await rm(path, { recursive: true, force: true });
    }
  }

  async #find(id: string, caller: string): Promise<Begun> {
    const text = await readFile(join(this.#folderOf(id), 'upload.json'), 'utf8').catch(() => undefined);
    const begun = text === undefined ? undefined : (JSON.parse(text) as Begun);
    if (!begun || begun.caller !== caller)
      throw new AppError('artifact.no_such_upload', 'There is no such upload of yours.', { upload_id: id });
    return begun;
  }

  #folderOf(id: string): string {
    if (!/^up_[\w-]{20,100}$/.test(id))
      throw new AppError('artifact.no_such_upload', 'There is no such upload of yours.', { upload_id: id });
    return join(this.#folder, id);
  }
}

async function* bytesOf(paths: string[]): AsyncGenerator<Buffer> {
  for (const path of paths) yield* createReadStream(path) as AsyncIterable<Buffer>;
}
