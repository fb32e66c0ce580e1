import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { Database, Executor, Transaction } from '../platform/database.ts';
import { loggedModels } from './logged-models.table.ts';
import { asCondition, asOrder, type Searchable } from './search/conditions.repository.ts';
import { parseFilter, parseOrder } from './search/filter.ts';

export type LoggedModelRow = typeof loggedModels.$inferSelect;
type NewLoggedModel = typeof loggedModels.$inferInsert;
type Change = Partial<Pick<LoggedModelRow, 'status' | 'params' | 'tags' | 'updatedAt'>>;

/** What a search asks for, as SQL. */
export interface ModelQuery {
  where: SQL | undefined;
  orderBy: SQL[];
  limit: number;
  offset: number;
}

export class LoggedModelsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#database.transaction(work);
  }

  async add(row: NewLoggedModel): Promise<LoggedModelRow> {
    const [added] = await this.#database.insert(loggedModels).values(row).returning();
    return added!;
  }

  async find(modelId: string, executor: Executor = this.#database): Promise<LoggedModelRow | undefined> {
    const [row] = await executor.select().from(loggedModels).where(eq(loggedModels.modelId, modelId));
    return row;
  }

  async lock(tx: Transaction, modelId: string): Promise<LoggedModelRow | undefined> {
    const rows = await tx.select().from(loggedModels).where(eq(loggedModels.modelId, modelId)).for('update');
    return rows[0];
  }

  async change(tx: Transaction, modelId: string, change: Change): Promise<LoggedModelRow> {
    const [row] = await tx
      .update(loggedModels)
      .set(change)
      .where(eq(loggedModels.modelId, modelId))
      .returning();
    return row!;
  }

  async search({ where, orderBy, limit, offset }: ModelQuery): Promise<LoggedModelRow[]> {
    return this.#database
      .select()
      .from(loggedModels)
      .where(where)
      .orderBy(...orderBy)
      .limit(limit)
      .offset(offset);
  }

  async remove(modelId: string): Promise<boolean> {
    const removed = await this.#database
      .delete(loggedModels)
      .where(eq(loggedModels.modelId, modelId))
      .returning({ modelId: loggedModels.modelId });
    return removed.length === 1;
  }
}

const column = (of: { getSQL(): SQL }): SQL => sql`${of}`;
const millis = (of: { getSQL(): SQL }): SQL => sql`(extract(epoch from ${of}) * 1000)`;
const searchable: Searchable = {
  texts: {
    name: column(loggedModels.name),
    model_id: column(loggedModels.modelId),
    model_type: column(loggedModels.modelType),
    status: sql`replace(${loggedModels.status}, 'LOGGED_MODEL_', '')`,
    source_run_id: column(loggedModels.sourceRunId),
    experiment_id: sql`${loggedModels.experimentId}::text`,
  },
  numbers: {
    creation_timestamp: millis(loggedModels.createdAt),
    creation_time: millis(loggedModels.createdAt),
    last_updated_timestamp: millis(loggedModels.updatedAt),
  },
  params: column(loggedModels.params),
  tags: column(loggedModels.tags),
};

export function loggedModelsWhere(experimentIds: number[], filter: string | undefined): SQL | undefined {
  const parsed = parseFilter(filter);
  return and(
    sql`${loggedModels.experimentId} = any(${sql.param(experimentIds)}::bigint[])`,
    parsed && asCondition(parsed, searchable),
  );
}

/** The asked orders, then the newest first. */
export const loggedModelsOrder = (orders: { field_name: string; ascending: boolean }[]): SQL[] => [
  ...orders.flatMap(({ field_name, ascending }) =>
    asOrder({ ...parseOrder(field_name), isDescending: !ascending }, searchable),
  ),
  sql`${loggedModels.arrival} desc`,
];
