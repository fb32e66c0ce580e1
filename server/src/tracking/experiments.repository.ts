import { and, asc, desc, eq, ilike, sql } from 'drizzle-orm';
import type { Database, Executor, Transaction } from '../platform/database.ts';
import { experimentsOrder, experimentsWhere } from './search/runs-search.repository.ts';
import type { RunScope, Search } from './search/search.types.ts';
import { experiments } from './tracking.table.ts';

export type ExperimentRow = typeof experiments.$inferSelect;
export interface NewExperiment {
  name: string;
  artifactLocation: string | undefined;
  tags: Record<string, string>;
  createdBy: string | null;
  at: Date;
}

export class ExperimentsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#database.transaction(work);
  }

  /** Undefined where the name is taken. */
  async add(
    experiment: NewExperiment,
    executor: Executor = this.#database,
  ): Promise<ExperimentRow | undefined> {
    const { name, artifactLocation, tags, createdBy, at } = experiment;
    const id = sql`nextval(pg_get_serial_sequence('experiments', 'id'))`;
    const location =
      artifactLocation ?? sql`'mlflow-artifacts:/' || currval(pg_get_serial_sequence('experiments', 'id'))`;
    const [row] = await executor
      .insert(experiments)
      .values({ id, name, artifactLocation: location, tags, createdBy, createdAt: at, updatedAt: at })
      .onConflictDoNothing({ target: experiments.name })
      .returning();
    return row;
  }

  async ensureDefault(at: Date): Promise<void> {
    await this.#database
      .insert(experiments)
      .values({
        id: 0,
        name: 'Default',
        artifactLocation: 'mlflow-artifacts:/0',
        createdAt: at,
        updatedAt: at,
      })
      .onConflictDoNothing();
  }

  async find(id: number, executor: Executor = this.#database): Promise<ExperimentRow | undefined> {
    const [row] = await executor.select().from(experiments).where(eq(experiments.id, id));
    return row;
  }

  async findByName(name: string, executor: Executor = this.#database): Promise<ExperimentRow | undefined> {
    const [row] = await executor.select().from(experiments).where(eq(experiments.name, name));
    return row;
  }

  /** Newest first; `search` finds in the name. */
  list(
    limit: number,
    offset: number,
    lifecycle: 'active' | 'deleted',
    search?: string,
  ): Promise<ExperimentRow[]> {
    const text = search && `%${search.replace(/[\\%_]/g, '\\$&')}%`;
    return this.#database
      .select()
      .from(experiments)
      .where(and(eq(experiments.lifecycle, lifecycle), text ? ilike(experiments.name, text) : undefined))
      .orderBy(desc(experiments.updatedAt), asc(experiments.id))
      .limit(limit)
      .offset(offset);
  }

  search({ scope, filter, orders, limit, offset }: Search<RunScope['lifecycle']>): Promise<ExperimentRow[]> {
    return this.#database
      .select()
      .from(experiments)
      .where(experimentsWhere(scope, filter))
      .orderBy(...experimentsOrder(orders))
      .limit(limit)
      .offset(offset);
  }

  async update(
    id: number,
    change: Partial<Pick<ExperimentRow, 'name' | 'lifecycle' | 'tags'>>,
    at: Date,
    executor: Executor = this.#database,
  ): Promise<ExperimentRow | undefined> {
    const [row] = await executor
      .update(experiments)
      .set({ ...change, updatedAt: at })
      .where(eq(experiments.id, id))
      .returning();
    return row;
  }

  async setTag(id: number, key: string, value: string, at: Date): Promise<void> {
    const tags = sql`${experiments.tags} || jsonb_build_object(${key}::text, ${value}::text)`;
    await this.#database.update(experiments).set({ tags, updatedAt: at }).where(eq(experiments.id, id));
  }

  async removeTag(id: number, key: string, at: Date): Promise<void> {
    const tags = sql`${experiments.tags} - ${key}::text`;
    await this.#database.update(experiments).set({ tags, updatedAt: at }).where(eq(experiments.id, id));
  }

  /** Active runs of each of these experiments. */
  async countRuns(ids: number[]): Promise<Map<number, number>> {
    if (ids.length === 0) return new Map();
    const { rows } = await this.#database.execute<{ id: string; count: number }>(sql`
      select experiment_id as id, count(*)::int as count from runs
      where lifecycle = 'active' and experiment_id = any(${sql.param(ids)}::bigint[]) group by experiment_id`);
    return new Map(rows.map(({ id, count }) => [Number(id), count]));
  }
}
