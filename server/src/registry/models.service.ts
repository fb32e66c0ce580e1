import type { Model, ModelVersion, Use } from '@hearth/contract';
import type { Clock } from '../platform/clock.ts';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { isDuplicate } from '../platform/failures.ts';
import type { Page } from '../platform/paging.ts';
import { storable } from '../platform/storable.ts';
import type { BlobsService, StoredFile } from './blobs.service.ts';
import { mainArtifact } from './main-artifact.ts';
import type { ModelVersionsRepository, NewVersion, VersionRow } from './model-versions.repository.ts';
import { asModel, asVersion } from './model-view.ts';
import type { ModelsRepository } from './models.repository.ts';
import type { Wanted } from './named-pages.repository.ts';
import { type UseCheck, Uses } from './uses.ts';

export type RegisteredVersion = Omit<NewVersion, 'createdAt'>;
/** A version by number or alias; neither means the newest. */
export interface VersionChoice {
  version?: number | undefined;
  alias?: string | undefined;
}
export interface FileChoice extends VersionChoice {
  format?: string | undefined;
  file?: string | undefined;
}
interface Changes {
  name?: string | undefined;
  description?: string | undefined;
  tags?: Record<string, string> | undefined;
}

export class ModelsService {
  readonly #models: ModelsRepository;
  readonly #versions: ModelVersionsRepository;
  readonly #blobs: BlobsService;
  readonly #clock: Clock;
  readonly #uses = new Uses();
  /** Names of deployed models; handed in by inference. */
  deployedNames: () => Promise<Set<string>> = async () => new Set();
  constructor(
    models: ModelsRepository,
    versions: ModelVersionsRepository,
    blobs: BlobsService,
    clock: Clock,
  ) {
    this.#models = models;
    this.#versions = versions;
    this.#blobs = blobs;
    this.#clock = clock;
  }

  refuseDeletionWhen(check: UseCheck): void {
    this.#uses.add(check);
  }

  async page(wanted: Wanted): Promise<Page<Model>> {
    const [{ items, next_cursor }, deployed] = await Promise.all([
      this.#models.page(wanted),
      this.deployedNames(),
    ]);
    const newest = await this.#versions.newestOf(items.map(({ name }) => name));
    return {
      items: items.flatMap((row) => {
        const version = newest.get(row.name);
        return version ? asModel(row, version, deployed.has(row.name)) : [];
      }),
      next_cursor,
    };
  }

  async get(name: string): Promise<Model> {
    const row = await this.#models.find(name);
    const newest = row && (await this.#versions.newestOf([name])).get(name);
    if (!row || !newest) throw notFound(name);
    return asModel(row, newest, (await this.deployedNames()).has(name));
  }

  users(name: string): Promise<Use[]> {
    return this.#models.transaction((tx) => this.#uses.of(tx, name));
  }

  async versions(name: string): Promise<ModelVersion[]> {
    const rows = await this.#versions.ofModel(name);
    if (rows.length === 0) throw notFound(name);
    return rows.map(asVersion);
  }

  /** The version an alias names; undefined where either is unknown. */
  findAliased(name: string, alias: string): Promise<number | undefined> {
    return this.#versions.findByAlias(name, alias);
  }

  /** The version asked for, newest by default. */
  async getVersion(name: string, choice: VersionChoice = {}, tx?: Transaction): Promise<ModelVersion> {
    return asVersion(await this.#version(name, choice, tx));
  }

  async file(name: string, choice: FileChoice): Promise<StoredFile & { fileName: string }> {
    const { format, file } = choice;
    const { task, version, artifacts } = await this.#version(name, choice);
    const wanted = artifacts.filter(
      (artifact) => (!format || artifact.format === format) && (!file || artifact.name === file),
    );
    const found = file ? wanted[0] : mainArtifact(task, wanted);
    if (!found)
      throw new AppError('model.no_such_format', `${name} has no such file.`, {
        formats: artifacts.map((artifact) => artifact.format),
        files: artifacts.map((artifact) => artifact.name),
      });
    return { ...(await this.#blobs.get(found.sha256)), fileName: downloadName(name, version, found) };
  }

  async requireFree(name: string): Promise<void> {
    const row = await this.#models.find(name);
    if (row && row.versionCount > 0) throw taken(name);
  }

  /** Adds a version inside a transaction; the model is made with its first one. */
  async register(tx: Transaction, version: RegisteredVersion): Promise<number> {
    const createdAt = this.#clock();
    await this.#models.claim(tx, version.modelName, createdAt);
    return this.#versions.add(tx, { ...version, metadata: storable(version.metadata), createdAt });
  }

  /** As `register`, but throws `model.exists` when the model has a version already. */
  async registerFirst(tx: Transaction, version: RegisteredVersion): Promise<number> {
    const { versionCount } = await this.#models.claim(tx, version.modelName, this.#clock());
    if (versionCount > 0) throw taken(version.modelName);
    return this.register(tx, version);
  }

  /** Finds a version for use and keeps the model from being deleted until the transaction ends. */
  async use(tx: Transaction, name: string, choice?: VersionChoice): Promise<ModelVersion> {
    await this.#models.lock(tx, name, 'share');
    return this.getVersion(name, choice, tx);
  }

  async change(name: string, { name: newName, ...changes }: Changes): Promise<Model> {
    const final = newName ?? name;
    if (final !== name) await this.rename(name, final);
    await this.#locked(final, (tx) => this.#models.change(tx, final, given(changes)));
    return this.get(final);
  }

  /** Refused while it is in use: its users know it by its name. */
  async rename(name: string, newName: string): Promise<void> {
    await this.#locked(name, async (tx) => {
      await this.#uses.requireNone(tx, 'model.in_use', name);
      await this.#models.change(tx, name, { name: newName }).catch((error: unknown) => {
        throw isDuplicate(error) ? taken(newName) : error;
      });
    });
  }

  async changeVersion(name: string, version: number, changes: Omit<Changes, 'name'>): Promise<ModelVersion> {
    await this.#locked(name, async (tx) => {
      await this.#version(name, { version }, tx);
      await this.#versions.change(tx, name, version, { ...given(changes), updatedAt: this.#clock() });
    });
    return this.getVersion(name, { version });
  }

  async setAlias(name: string, alias: string, version: number): Promise<ModelVersion> {
    await this.#locked(name, async (tx) => {
      await this.#version(name, { version }, tx);
      await this.#versions.setAlias(tx, name, alias, version);
    });
    return this.getVersion(name, { version });
  }

  async removeAlias(name: string, alias: string): Promise<void> {
    await this.#locked(name, async (tx) => {
      if (!(await this.#versions.removeAlias(tx, name, alias))) throw noSuchAlias(name, alias);
    });
  }

  async remove(name: string): Promise<void> {
    const rows = await this.#locked(name, async (tx) => {
      await this.#uses.requireNone(tx, 'model.in_use', name);
      const versions = await this.#versions.ofModel(name, tx);
      await this.#models.remove(tx, name);
      return versions;
    });
    await this.#blobs.release(digestsOf(rows));
  }

  /** Deletes one version; the last one takes the model along. */
  async removeVersion(name: string, version: number, { keepsModel = false } = {}): Promise<void> {
    const row = await this.#locked(name, async (tx) => {
      const found = await this.#version(name, { version }, tx);
      await this.#uses.requireNone(tx, 'model.in_use', name, version);
      await this.#versions.remove(tx, name, version);
      const left = await this.#models.find(name, tx);
      if (left?.versionCount === 0 && !keepsModel) await this.#models.remove(tx, name);
      return found;
    });
    await this.#blobs.release(digestsOf([row]));
  }

  #locked<T>(name: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#models.transaction(async (tx) => {
      if (!(await this.#models.lock(tx, name, 'update'))) throw notFound(name);
      return work(tx);
    });
  }

  async #version(name: string, { version, alias }: VersionChoice, tx?: Transaction): Promise<VersionRow> {
    const wanted = version ?? (alias && (await this.#aliased(name, alias, tx)));
    const row = wanted
      ? await this.#versions.find(name, wanted, tx)
      : (await this.#versions.newestOf([name], tx)).get(name);
    if (row) return row;
    if (wanted === undefined || !(await this.#models.find(name, tx))) throw notFound(name);
    throw new AppError('model.not_found', `${name} has no version ${wanted}.`, { name, version: wanted });
  }

  async #aliased(name: string, alias: string, tx?: Transaction): Promise<number> {
    const version = await this.#versions.findByAlias(name, alias, tx);
    if (version !== undefined) return version;
    throw (await this.#models.find(name, tx)) ? noSuchAlias(name, alias) : notFound(name);
  }
}

const notFound = (name: string) =>
  new AppError('model.not_found', `There is no model named ${name}.`, { name });
const taken = (name: string) =>
  new AppError('model.exists', `A model named ${name} is already there.`, { name });
const noSuchAlias = (name: string, alias: string) =>
  new AppError('model.no_such_alias', `No version of ${name} is called ${alias}.`, { name, alias });
const digestsOf = (rows: VersionRow[]) => rows.flatMap((row) => row.artifacts.map((file) => file.sha256));

/** Only what was given: a field left out stays as it is. */
const given = ({ description, tags }: Changes) => ({
  ...(description === undefined ? {} : { description: storable(description) }),
  ...(tags === undefined ? {} : { tags: storable(tags) }),
});

/** A file among several keeps its own name; the only one is named after the model. */
function downloadName(model: string, version: number, file: { name: string; format: string }): string {
  if (file.format !== 'other') return `${model}-v${version}.${file.format}`;
  const own = file.name.split('/').at(-1) ?? '';
  return `${model}-v${version}${/\.[A-Za-z0-9]{1,12}$/.exec(own)?.[0] ?? ''}`;
}
