import type { Clock } from '../platform/clock.ts';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { storable } from '../platform/storable.ts';
import type { CatalogueQuery } from './catalogue-query.ts';
import type { ModelVersionsRepository, NewArtifact, VersionRow } from './model-versions.repository.ts';
import type { ModelRow, ModelsRepository } from './models.repository.ts';
import type { ModelsService, RegisteredVersion } from './models.service.ts';

export type CatalogueModel = ModelRow & { latest: VersionRow[] };
export type { NewArtifact, VersionRow };

type Change = Partial<Pick<VersionRow, 'description' | 'tags' | 'stage'>>;

/** Models as rows, also those without a version, for faces of the registry that others have drawn. */
export class CatalogueService {
  readonly #models: ModelsRepository;
  readonly #versions: ModelVersionsRepository;
  readonly #service: ModelsService;
  readonly #clock: Clock;
  constructor(
    models: ModelsRepository,
    versions: ModelVersionsRepository,
    service: ModelsService,
    clock: Clock,
  ) {
    this.#models = models;
    this.#versions = versions;
    this.#service = service;
    this.#clock = clock;
  }

  async create(name: string, facts: { description: string; tags: Record<string, string> }): Promise<void> {
    await this.#models.transaction(async (tx) => {
      const { isNew } = await this.#models.claim(tx, name, this.#clock());
      if (!isNew)
        throw new AppError('model.exists', `Registered Model (name=${name}) already exists.`, { name });
      await this.#models.change(tx, name, storable(facts));
    });
  }

  async get(name: string): Promise<CatalogueModel> {
    const row = await this.#models.find(name);
    if (!row) throw notFound(name);
    return { ...row, latest: latestOf(await this.#versions.ofModel(name)) };
  }

  async search(query: CatalogueQuery): Promise<CatalogueModel[]> {
    const rows = await this.#models.search(query);
    const newest = await this.#versions.newestOf(rows.map(({ name }) => name));
    return rows.map((row) => ({ ...row, latest: newest.has(row.name) ? [newest.get(row.name)!] : [] }));
  }

  searchVersions(query: CatalogueQuery): Promise<VersionRow[]> {
    return this.#versions.search(query);
  }

  async getVersion(name: string, version: number): Promise<VersionRow> {
    const row = await this.#versions.find(name, version);
    if (!row)
      throw new AppError('model.not_found', `Model Version (name=${name}, version=${version}) not found`, {
        ...{ name, version },
      });
    return row;
  }

  async versionByAlias(name: string, alias: string): Promise<VersionRow> {
    const version = await this.#versions.findByAlias(name, alias);
    if (version === undefined) {
      await this.get(name);
      throw new AppError('model.no_such_alias', `Registered model alias ${alias} not found.`, {
        name,
        alias,
      });
    }
    return this.getVersion(name, version);
  }

  /** A version of a model that is there. */
  async addVersion(version: RegisteredVersion): Promise<VersionRow> {
    const { modelName } = version;
    const number = await this.#models.transaction(async (tx) => {
      if (!(await this.#models.lock(tx, modelName, 'update'))) throw notFound(modelName);
      return this.#service.register(tx, version);
    });
    return this.getVersion(modelName, number);
  }

  /** Changes a version by what `change` says of it. */
  async changeVersion(
    name: string,
    version: number,
    change: (row: VersionRow) => Change,
  ): Promise<VersionRow> {
    await this.#locked(name, version, async (tx, row) => {
      const changes = { ...storable(change(row)), updatedAt: this.#clock() };
      await this.#versions.change(tx, name, version, changes);
    });
    return this.getVersion(name, version);
  }

  /** Moves a version to a stage; `archives` moves those that were there before to Archived. */
  async moveToStage(name: string, version: number, stage: string, archives: boolean): Promise<VersionRow> {
    await this.#locked(name, version, async (tx) => {
      const updatedAt = this.#clock();
      for (const other of archives ? await this.#versions.ofModel(name, tx) : [])
        if (other.stage === stage && other.version !== version)
          await this.#versions.change(tx, name, other.version, { stage: 'Archived', updatedAt });
      await this.#versions.change(tx, name, version, { stage, updatedAt });
    });
    return this.getVersion(name, version);
  }

  async changeTags(
    name: string,
    change: (tags: Record<string, string>) => Record<string, string>,
  ): Promise<void> {
    await this.#models.transaction(async (tx) => {
      if (!(await this.#models.lock(tx, name, 'update'))) throw notFound(name);
      const row = await this.#models.find(name, tx);
      await this.#models.change(tx, name, { tags: storable(change(row?.tags ?? {})) });
    });
  }

  async describe(name: string, description: string): Promise<void> {
    await this.#models.transaction((tx) => this.#models.change(tx, name, storable({ description })));
  }

  async rename(name: string, newName: string): Promise<void> {
    await this.get(name);
    await this.#service.rename(name, newName);
  }

  #locked<T>(name: string, version: number, work: (tx: Transaction, row: VersionRow) => Promise<T>) {
    return this.#models.transaction(async (tx) => {
      await this.#models.lock(tx, name, 'update');
      const row = await this.#versions.find(name, version, tx);
      return work(tx, row ?? (await this.getVersion(name, version)));
    });
  }
}

/** The newest version of each stage; `rows` are newest first. */
function latestOf(rows: VersionRow[]): VersionRow[] {
  const byStage = new Map<string, VersionRow>();
  for (const row of rows) if (!byStage.has(row.stage)) byStage.set(row.stage, row);
  return [...byStage.values()];
}

const notFound = (name: string) =>
  new AppError('model.not_found', `Registered Model with name=${name} not found`, { name });
