import { type MarketBars, type MarketFeatures, marketFeatureNames } from '@hearth/contract';
import { and, eq, ne, type SQL, sql } from 'drizzle-orm';
import type { Database, Executor, Transaction } from '../platform/database.ts';
import { marketCollections } from './market.table.ts';

export type CollectionRow = typeof marketCollections.$inferSelect;
/** A current collection with what its bars tell. */
export interface SymbolRow extends Pick<CollectionRow, 'id' | 'symbol' | 'source' | 'origin' | 'license'> {
  bars: number;
  barSeconds: number | null;
  firstTime: Date | null;
  lastTime: Date | null;
  lastClose: number | null;
  updatedAt: Date;
  updatedBy: string | null;
}
const barColumns = ['open', 'high', 'low', 'close', 'volume'] as const;

export class CollectionsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#database.transaction(work);
  }

  /** One collector of a symbol after the other. */
  async lockSymbol(tx: Transaction, symbol: string): Promise<void> {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`market:${symbol}`}, 0))`);
  }

  async add(tx: Transaction, row: CollectionRow): Promise<void> {
    await tx.insert(marketCollections).values(row);
  }

  async find(tx: Transaction, symbol: string, id: string): Promise<CollectionRow | undefined> {
    const [row] = await tx
      .select()
      .from(marketCollections)
      .where(and(eq(marketCollections.symbol, symbol), eq(marketCollections.id, id)))
      .for('update');
    return row;
  }

  async findCurrent(symbol: string, executor: Executor = this.#database): Promise<CollectionRow | undefined> {
    const [row] = await executor
      .select()
      .from(marketCollections)
      .where(and(eq(marketCollections.symbol, symbol), eq(marketCollections.isCurrent, true)));
    return row;
  }

  /** Collections that were begun and never finished. */
  async removeUnfinished(tx: Transaction, symbol: string): Promise<void> {
    await tx
      .delete(marketCollections)
      .where(and(eq(marketCollections.symbol, symbol), eq(marketCollections.isCurrent, false)));
  }

  async makeCurrent(tx: Transaction, symbol: string, id: string): Promise<void> {
    await tx
      .delete(marketCollections)
      .where(and(eq(marketCollections.symbol, symbol), ne(marketCollections.id, id)));
    await tx.update(marketCollections).set({ isCurrent: true }).where(eq(marketCollections.id, id));
  }

  async remove(tx: Transaction, symbol: string): Promise<boolean> {
    const rows = await tx
      .delete(marketCollections)
      .where(eq(marketCollections.symbol, symbol))
      .returning({ isCurrent: marketCollections.isCurrent });
    return rows.some(({ isCurrent }) => isCurrent);
  }

  async touch(tx: Transaction, id: string, updatedAt: Date, updatedBy: string): Promise<void> {
    await tx.update(marketCollections).set({ updatedAt, updatedBy }).where(eq(marketCollections.id, id));
  }

  async addBars(tx: Transaction, id: string, bars: MarketBars): Promise<void> {
    await upsert(
      tx,
      sql`market_bars`,
      id,
      bars.time,
      barColumns.map((name) => [name, bars[name]]),
    );
  }

  async addFeatures(tx: Transaction, id: string, time: string[], features: MarketFeatures): Promise<void> {
    const columns = marketFeatureNames.map((name): Column => [name, features[name]]);
    await upsert(tx, sql`market_features`, id, time, columns);
  }

  async symbols(limit: number, symbol?: string, executor: Executor = this.#database): Promise<SymbolRow[]> {
    const { rows } = await executor.execute<SymbolRow & Record<string, unknown>>(symbolsQuery(limit, symbol));
    return rows.map((row) => ({
      ...row,
      firstTime: asDate(row.firstTime),
      lastTime: asDate(row.lastTime),
      updatedAt: new Date(row.updatedAt),
    }));
  }
}

type Column = [name: string, values: readonly (number | null)[]];

/** Columns in, rows out: one statement whatever the number of rows. */
async function upsert(
  tx: Transaction,
  table: SQL,
  id: string,
  time: string[],
  columns: Column[],
): Promise<void> {
  if (time.length === 0) return;
  const join = (parts: SQL[]) => sql.join(parts, sql`, `);
  const names = columns.map(([name]) => sql.identifier(name));
  const arrays = columns.map(([, values]) => sql`${sql.param(values)}::float8[]`);
  await tx.execute(sql`
    insert into ${table} (collection_id, time, ${sql.join(names, sql`, `)})
    select ${id}::uuid, given.* from unnest(${sql.param(time)}::timestamptz[], ${join(arrays)}) as given
    on conflict (collection_id, time) do update set ${join(names.map((name) => sql`${name} = excluded.${name}`))}`);
}

const asDate = (value: Date | string | null): Date | null => (value === null ? null : new Date(value));

/** The usual distance of bars is the median of the newest 200: nights and weekends do not move it. */
const symbolsQuery = (limit: number, symbol: string | undefined) => sql`
  select c.id, c.symbol, c.source, c.origin, c.license, c.updated_at as "updatedAt", c.updated_by as "updatedBy",
    total.bars, total.first as "firstTime", total.last as "lastTime",
    newest.close as "lastClose", distance.seconds as "barSeconds"
  from market_collections c
  left join lateral (
    select count(*)::int as bars, min(time) as first, max(time) as last
    from market_bars where collection_id = c.id) total on true
  left join lateral (
    select close from market_bars where collection_id = c.id order by time desc limit 1) newest on true
  left join lateral (
    select percentile_cont(0.5) within group (order by gap) as seconds from (
      select extract(epoch from time - lag(time) over (order by time))::float8 as gap
      from (select time from market_bars where collection_id = c.id order by time desc limit 200) recent) gaps
  ) distance on true
  where c.is_current ${symbol === undefined ? sql`` : sql`and c.symbol = ${symbol}`}
  order by c.updated_at desc, c.symbol limit ${limit}`;
