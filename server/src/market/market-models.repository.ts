import type { MarketModelError, MarketModelName } from '@hearth/contract';
import { and, asc, eq } from 'drizzle-orm';
import type { Database, Transaction } from '../platform/database.ts';
import { marketModelErrors, marketModels } from './market.table.ts';

export type ModelRow = typeof marketModels.$inferSelect;
export type ModelErrorRow = typeof marketModelErrors.$inferSelect;

export class MarketModelsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  async list(symbol: string): Promise<(ModelRow & { errors: ModelErrorRow[] })[]> {
    const models = await this.#database
      .select()
      .from(marketModels)
      .where(eq(marketModels.symbol, symbol))
      .orderBy(asc(marketModels.model));
    const errors = await this.#database
      .select()
      .from(marketModelErrors)
      .where(eq(marketModelErrors.symbol, symbol))
      .orderBy(asc(marketModelErrors.horizon));
    return models.map((row) => ({ ...row, errors: errors.filter(({ model }) => model === row.model) }));
  }

  async find(symbol: string, model: MarketModelName): Promise<ModelRow | undefined> {
    const [row] = await this.#database.select().from(marketModels).where(is(symbol, model));
    return row;
  }

  /** Puts a model in the place of the earlier one and answers that one's file; the record of predictions goes on. */
  async replace(tx: Transaction, row: ModelRow, errors: MarketModelError[]): Promise<string | undefined> {
    const { symbol, model } = row;
    const [earlier] = await tx.select().from(marketModels).where(is(symbol, model)).for('update');
    await tx
      .insert(marketModels)
      .values(row)
      .onConflictDoUpdate({ target: [marketModels.symbol, marketModels.model], set: row });
    for (const error of errors) {
      const set = asRow(error);
      await tx
        .insert(marketModelErrors)
        .values({ symbol, model, ...set })
        .onConflictDoUpdate({
          target: [marketModelErrors.symbol, marketModelErrors.model, marketModelErrors.horizon],
          set,
        });
    }
    return earlier?.sha256;
  }

  /** Answers the files that nobody needs any more. */
  async removeAll(tx: Transaction, symbol: string): Promise<string[]> {
    const rows = await tx.delete(marketModels).where(eq(marketModels.symbol, symbol)).returning();
    return rows.map(({ sha256 }) => sha256);
  }
}

const is = (symbol: string, model: MarketModelName) =>
  and(eq(marketModels.symbol, symbol), eq(marketModels.model, model));

const asRow = (error: MarketModelError) => ({
  horizon: error.horizon,
  mae: error.mae,
  mse: error.mse,
  rmse: error.rmse,
  naiveMae: error.naive_mae,
  naiveRmse: error.naive_rmse,
  trainCount: error.train_count,
  testCount: error.test_count,
  testFrom: new Date(error.test_from),
  testTo: new Date(error.test_to),
});
