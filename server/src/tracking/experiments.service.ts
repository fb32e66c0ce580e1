import type { Clock } from '../platform/clock.ts';
import type { Executor, Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { isDuplicate } from '../platform/failures.ts';
import type { ExperimentRow, ExperimentsRepository } from './experiments.repository.ts';
import { parseSearch } from './search/filter.ts';
import type { Asked, RunScope } from './search/search.types.ts';

/** What runs are grouped by. `Default` (id 0) is always there and cannot be deleted. */
export class ExperimentsService {
  readonly #repository: ExperimentsRepository;
  readonly #clock: Clock;
  constructor(repository: ExperimentsRepository, clock: Clock) {
    this.#repository = repository;
    this.#clock = clock;
  }

  ensureDefault(): Promise<void> {
    return this.#repository.ensureDefault(this.#clock());
  }

  async create(wanted: {
    name: string;
    artifactLocation?: string | undefined;
    tags?: Record<string, string>;
    createdBy: string | null;
  }): Promise<ExperimentRow> {
    const { name, artifactLocation, tags = {}, createdBy } = wanted;
    const at = this.#clock();
    const added = await this.#repository.add({ name, artifactLocation, tags, createdBy, at });
    return added ?? (await this.#refuseName(name));
  }

  /** The active experiment of this name, made where there is none. */
  async named(tx: Transaction, name: string, createdBy: string | null): Promise<ExperimentRow> {
    const known = await this.#repository.findByName(name, tx);
    if (known?.lifecycle === 'deleted') throw deletedError(name);
    const wanted = { name, artifactLocation: undefined, tags: {}, createdBy, at: this.#clock() };
    const added = known ?? (await this.#repository.add(wanted, tx));
    // Somebody else may have made it between the two.
    return added ?? (await this.#repository.findByName(name, tx)) ?? this.#refuseName(name);
  }

  async get(id: number, executor?: Executor): Promise<ExperimentRow> {
    const row = await this.#repository.find(id, executor);
    if (!row) throw notFound({ experiment_id: String(id) });
    return row;
  }

  async getByName(name: string): Promise<ExperimentRow> {
    const row = await this.#repository.findByName(name);
    if (!row) throw notFound({ name });
    return row;
  }

  list(
    limit: number,
    offset: number,
    lifecycle: 'active' | 'deleted',
    search?: string,
  ): Promise<ExperimentRow[]> {
    return this.#repository.list(limit, offset, lifecycle, search);
  }

  /** With a filter and orders as people write them. */
  search(asked: Asked<RunScope['lifecycle']>): Promise<ExperimentRow[]> {
    return this.#repository.search(parseSearch(asked));
  }

  countRuns(ids: number[]): Promise<Map<number, number>> {
    return this.#repository.countRuns(ids);
  }

  async rename(id: number, name: string): Promise<ExperimentRow> {
    const { lifecycle } = await this.get(id);
    if (lifecycle === 'deleted') throw deletedError(String(id));
    try {
      return await this.#change(id, { name });
    } catch (error) {
      if (isDuplicate(error)) return this.#refuseName(name);
      throw error;
    }
  }

  async remove(id: number): Promise<ExperimentRow> {
    if (id === 0) throw new AppError('experiment.is_default', 'The experiment Default cannot be deleted.');
    await this.get(id);
    return this.#change(id, { lifecycle: 'deleted' });
  }

  restore(id: number): Promise<ExperimentRow> {
    return this.#change(id, { lifecycle: 'active' });
  }

  async setTag(id: number, key: string, value: string): Promise<void> {
    const { lifecycle } = await this.get(id);
    if (lifecycle === 'deleted') throw deletedError(String(id));
    await this.#repository.setTag(id, key, value, this.#clock());
  }

  async removeTag(id: number, key: string): Promise<void> {
    const { tags } = await this.get(id);
    if (!(key in tags))
      throw new AppError('experiment.not_found', `The experiment has no tag ${key}.`, { key });
    await this.#repository.removeTag(id, key, this.#clock());
  }

  async #change(
    id: number,
    change: Partial<Pick<ExperimentRow, 'name' | 'lifecycle'>>,
  ): Promise<ExperimentRow> {
    const row = await this.#repository.update(id, change, this.#clock());
    if (!row) throw notFound({ experiment_id: String(id) });
    return row;
  }

  async #refuseName(name: string): Promise<never> {
    const taken = await this.#repository.findByName(name);
    const state = taken?.lifecycle === 'deleted' ? ' among the deleted ones, which can be restored' : '';
    throw new AppError('experiment.exists', `There is an experiment named ${name} already${state}.`, {
      name,
    });
  }
}

const notFound = (details: Record<string, string>) =>
  new AppError('experiment.not_found', `There is no experiment ${Object.values(details)[0]}.`, details);
const deletedError = (name: string) =>
  new AppError('experiment.deleted', `The experiment ${name} is deleted; restore it first.`);
