import { eq, inArray, sql } from 'drizzle-orm';
import type { Database, Executor, Transaction } from '../platform/database.ts';
import { runsOrder, runsWhere } from './search/runs-search.repository.ts';
import type { RunScope, Search } from './search/search.types.ts';
import { runs } from './tracking.table.ts';

export type RunRow = typeof runs.$inferSelect;
export type NewRunRow = typeof runs.$inferInsert;
export type RunChange = Partial<
  Pick<
    RunRow,
    | 'name'
    | 'status'
    | 'endMs'
    | 'startMs'
    | 'lifecycle'
    | 'deletedAt'
    | 'params'
    | 'tags'
    | 'datasetInputs'
    | 'modelInputs'
    | 'modelOutputs'
  >
>;
export class RunsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#database.transaction(work);
  }

  async add(row: NewRunRow, executor: Executor = this.#database): Promise<RunRow> {
    const [added] = await executor.insert(runs).values(row).returning();
    return added!;
  }

  async find(runId: string, executor: Executor = this.#database): Promise<RunRow | undefined> {
    const [row] = await executor.select().from(runs).where(eq(runs.runId, runId));
    return row;
  }

  /** Which of them are there. */
  async known(runIds: string[]): Promise<Set<string>> {
    const rows = await this.#database
      .select({ runId: runs.runId })
      .from(runs)
      .where(inArray(runs.runId, runIds));
    return new Set(rows.map(({ runId }) => runId));
  }

  /** The row, kept from other writers until the transaction ends; points of it may refer to it all the while. */
  async lock(tx: Transaction, runId: string): Promise<RunRow | undefined> {
    const [row] = await tx.select().from(runs).where(eq(runs.runId, runId)).for('no key update');
    return row;
  }

  /** By training session. */
  async idsOfSessions(sessionIds: string[]): Promise<Map<string, string>> {
    if (sessionIds.length === 0) return new Map();
    const rows = await this.#database
      .select({ runId: runs.runId, sessionId: runs.sessionId })
      .from(runs)
      .where(inArray(runs.sessionId, sessionIds));
    return new Map(rows.flatMap(({ runId, sessionId }) => (sessionId ? [[sessionId, runId]] : [])));
  }

  async update(
    executor: Executor | undefined,
    runId: string,
    change: RunChange,
  ): Promise<RunRow | undefined> {
    const [row] = await (executor ?? this.#database)
      .update(runs)
      .set(change)
      .where(eq(runs.runId, runId))
      .returning();
    return row;
  }

  search({ scope, filter, orders, limit, offset }: Search<RunScope>): Promise<RunRow[]> {
    return this.#database
      .select()
      .from(runs)
      .where(runsWhere(scope, filter))
      .orderBy(...runsOrder(orders))
      .limit(limit)
      .offset(offset);
  }

  /** Names of params, tags and metrics that occur in an experiment, for people who choose columns. */
  async keysOf(experimentId: number, most: number): Promise<{ params: string[]; metrics: string[] }> {
    const { rows: params } = await this.#database.execute<{ key: string }>(sql`
      select distinct jsonb_object_keys(params) as key from runs where experiment_id = ${experimentId} order by 1 limit ${most}`);
    const { rows: metrics } = await this.#database.execute<{ key: string }>(sql`
      select distinct series.key from metric_series as series join runs on runs.run_id = series.run_id
      where runs.experiment_id = ${experimentId} order by 1 limit ${most}`);
    return { params: params.map(({ key }) => key), metrics: metrics.map(({ key }) => key) };
  }
}
