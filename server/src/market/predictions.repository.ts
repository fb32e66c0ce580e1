import type { MarketPrediction } from '@hearth/contract';
import { and, desc, eq, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../platform/database.ts';
import { marketPredictions } from './market.table.ts';

export type PredictionRow = typeof marketPredictions.$inferSelect;
export interface PredictionPlace {
  time: string;
  model: string;
  horizon: number;
}

export class PredictionsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#database.transaction(work);
  }

  list(symbol: string, limit: number, after?: PredictionPlace): Promise<PredictionRow[]> {
    const { time, model, horizon } = marketPredictions;
    const beyond =
      after &&
      sql`(-extract(epoch from ${time}), ${model}, ${horizon})
      > (-extract(epoch from ${after.time}::timestamptz), ${after.model}, ${after.horizon})`;
    return this.#database
      .select()
      .from(marketPredictions)
      .where(and(eq(marketPredictions.symbol, symbol), beyond))
      .orderBy(desc(time), model, horizon)
      .limit(limit);
  }

  /** The last one told of a time, model and horizon stays. */
  async store(tx: Transaction, symbol: string, given: MarketPrediction[]): Promise<void> {
    if (given.length === 0) return;
    const column = (pick: (prediction: MarketPrediction) => unknown) => sql.param(given.map(pick));
    await tx.execute(sql`
      insert into market_predictions
        (symbol, time, model, horizon, target_time, close, log_return, rmse, price, lower, upper)
      select distinct on (time, model, horizon) ${symbol}::text, time, model, horizon, target, close, change, rmse, price, lower, upper
      from unnest(
        ${column((p) => p.time)}::timestamptz[], ${column((p) => p.model)}::text[], ${column((p) => p.horizon)}::int[],
        ${column((p) => p.target_time)}::timestamptz[], ${column((p) => p.close)}::float8[],
        ${column((p) => p.log_return)}::float8[], ${column((p) => p.rmse)}::float8[], ${column((p) => p.price)}::float8[],
        ${column((p) => p.lower)}::float8[], ${column((p) => p.upper)}::float8[])
        with ordinality as given(time, model, horizon, target, close, change, rmse, price, lower, upper, place)
      order by time, model, horizon, place desc
      on conflict (symbol, time, model, horizon) do update set
        target_time = excluded.target_time, close = excluded.close, log_return = excluded.log_return,
        rmse = excluded.rmse, price = excluded.price, lower = excluded.lower, upper = excluded.upper`);
  }

  /** Removes what has come true: so many bars lie behind it. What came is added to the model's errors. */
  async settle(tx: Transaction, symbol: string, collectionId: string): Promise<number> {
    const { rows } = await tx.execute<{ count: number }>(sql`
      with due as (
        select p.time, p.model, p.horizon, p.log_return as told, p.rmse, ln(came.close / p.close) as actual
        from market_predictions p cross join lateral (
          select b.close from market_bars b
          where b.collection_id = ${collectionId} and b.time > p.time
          order by b.time offset p.horizon - 1 limit 1) came
        where p.symbol = ${symbol}
      ), gone as (
        delete from market_predictions p using due
        where p.symbol = ${symbol} and p.time = due.time and p.model = due.model and p.horizon = due.horizon
      ), sums as (
        select model, horizon, count(*)::int as count, sum(abs(told - actual)) as absolute,
          sum((told - actual) ^ 2) as squared, sum(actual ^ 2) as naive,
          (count(*) filter (where abs(told - actual) <= 1.96 * rmse))::int as inside
        from due group by model, horizon
      ), added as (
        update market_model_errors e set
          live_count = e.live_count + sums.count, live_absolute = e.live_absolute + sums.absolute,
          live_squared = e.live_squared + sums.squared, live_naive_squared = e.live_naive_squared + sums.naive,
          live_inside = e.live_inside + sums.inside
        from sums where e.symbol = ${symbol} and e.model = sums.model and e.horizon = sums.horizon
        returning 1
      )
      select count(*)::int as count from due`);
    return rows[0]?.count ?? 0;
  }

  async removeAll(tx: Transaction, symbol: string): Promise<void> {
    await tx.delete(marketPredictions).where(eq(marketPredictions.symbol, symbol));
  }
}
