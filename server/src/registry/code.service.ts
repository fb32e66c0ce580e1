import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { CodeBundle } from '@hearth/contract';
import type { Clock } from '../platform/clock.ts';
import type { BlobsService } from './blobs.service.ts';
import type { CodeRepository } from './code.repository.ts';
import {
  type CodeLimits,
  digestOfCode,
  type FoundFile,
  scanCodeFolder,
  UnusableCode,
} from './code-folder.ts';

export { UnusableCode };

const usualLimits: CodeLimits = { files: 1_000, bytes: 50 * 1024 * 1024 };

/** Folders of code as bundles that travel with jobs: every file a blob, the whole named by its digest. */
export class CodeService {
  readonly #repository: CodeRepository;
  readonly #blobs: BlobsService;
  readonly #clock: Clock;
  readonly #limits: CodeLimits;
  readonly #known = new Map<string, { stamp: string; bundle: Promise<CodeBundle> }>();
  constructor(repository: CodeRepository, blobs: BlobsService, clock: Clock, limits = usualLimits) {
    this.#repository = repository;
    this.#blobs = blobs;
    this.#clock = clock;
    this.#limits = limits;
  }

  /**
   * The bundle of a folder as it is now, or of some of its files; its files are in the store when this resolves.
   * Throws UnusableCode where the folder cannot travel.
   */
  async bundle(folder: string, files?: readonly string[]): Promise<CodeBundle> {
    const found = chosen(scanCodeFolder(folder, this.#limits), files);
    return this.#bundle(JSON.stringify([folder, files?.toSorted()]), found);
  }

  /** The bundle of some folders of a folder, each with its files below its own name. */
  async bundleFolders(parent: string, names: readonly string[]): Promise<CodeBundle> {
    const found = names.flatMap((name) =>
      scanCodeFolder(join(parent, name), this.#limits).map((file) => ({
        ...file,
        path: `${name}/${file.path}`,
      })),
    );
    return this.#bundle(JSON.stringify([parent, 'folders', names]), found);
  }

  async #bundle(key: string, found: FoundFile[]): Promise<CodeBundle> {
    const stamp = found.map((file) => `${file.path} ${file.stamp}`).join('\n');
    const known = this.#known.get(key);
    if (known?.stamp === stamp) return known.bundle;
    const bundle = this.#store(found);
    this.#known.set(key, { stamp, bundle });
    bundle.catch(() => {
      if (this.#known.get(key)?.bundle === bundle) this.#known.delete(key);
    });
    return bundle;
  }

  async #store(found: FoundFile[]): Promise<CodeBundle> {
    const files: CodeBundle['files'] = [];
    for (const { path, source } of found) {
      const bytes = await readFile(source);
      files.push({
        path,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        sizeBytes: bytes.length,
      });
    }
    const digest = digestOfCode(files);
    for (const [index, file] of files.entries()) await this.#keep(digest, file, found[index]!.source);
    return { digest, files };
  }

  async #keep(digest: string, file: CodeBundle['files'][number], source: string): Promise<void> {
    if (await this.#repository.has(digest, file.path)) return;
    const incoming = await this.#blobs.receive(Readable.from([await readFile(source)]));
    if (incoming.sha256 !== file.sha256) {
      await this.#blobs.discard(incoming);
      throw new UnusableCode(`${file.path} was changed while it was read; try again.`);
    }
    await this.#blobs.keep(incoming, (tx) =>
      this.#repository.add(tx, { digest, ...file, createdAt: this.#clock() }),
    );
  }
}

function chosen(found: FoundFile[], files: readonly string[] | undefined): FoundFile[] {
  if (!files) return found;
  const missing = files.find((path) => !found.some((file) => file.path === path));
  if (missing !== undefined) throw new UnusableCode(`There is no file ${missing} in the folder.`);
  return found.filter(({ path }) => files.includes(path));
}
