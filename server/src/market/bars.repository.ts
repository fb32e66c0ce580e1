import { type MarketFeature, marketFeatureNames } from '@hearth/contract';
import { and, asc, desc, eq, getTableColumns, gt, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../platform/database.ts';
import { marketBars, marketFeatures } from './market.table.ts';

export interface Part {
  limit: number;
  after?: string | undefined;
  newest?: number | undefined;
}
export interface ChartRange {
  from?: string | undefined;
  to?: string | undefined;
  newest?: number | undefined;
  points: number;
  features: readonly MarketFeature[];
}
export type BarRow = Omit<typeof marketBars.$inferSelect, 'collectionId'>;
export type ChartRow = BarRow & { count: number } & Partial<Record<MarketFeature, number | null>>;

const { collectionId: _bars, ...barColumns } = getTableColumns(marketBars);
const { collectionId: _features, time: _time, ...featureColumns } = getTableColumns(marketFeatures);

/** Bars and features of one collection, for programs and for pictures. */
export class BarsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  async bars(collectionId: string, { limit, after, newest }: Part): Promise<BarRow[]> {
    const rows = await this.#database
      .select(barColumns)
      .from(marketBars)
      .where(and(eq(marketBars.collectionId, collectionId), laterThan(after)))
      .orderBy(newest ? desc(marketBars.time) : asc(marketBars.time))
      .limit(newest ?? limit);
    return newest ? rows.reverse() : rows;
  }

  async features(collectionId: string, { limit, after, newest }: Part) {
    const { time, close, volume } = barColumns;
    const rows = await this.#database
      .select({ time, close, volume, ...featureColumns })
      .from(marketBars)
      .innerJoin(
        marketFeatures,
        and(
          eq(marketFeatures.collectionId, marketBars.collectionId),
          eq(marketFeatures.time, marketBars.time),
        ),
      )
      .where(and(eq(marketBars.collectionId, collectionId), laterThan(after)))
      .orderBy(newest ? desc(marketBars.time) : asc(marketBars.time))
      .limit(newest ?? limit);
    return newest ? rows.reverse() : rows;
  }

  /** At most `points` rows: neighbouring bars are put together, evenly by their number. */
  async chart(collectionId: string, { from, to, newest, points, features }: ChartRange): Promise<ChartRow[]> {
    const wanted = marketFeatureNames
      .filter((name) => features.includes(name))
      .map((name) => sql.identifier(name));
    const each = (make: (name: SQL | ReturnType<typeof sql.identifier>) => SQL) =>
      sql.join(
        wanted.map((name) => sql`, ${make(name)}`),
        sql``,
      );
    const { rows } = await this.#database.execute<ChartRow & Record<string, unknown>>(sql`
      with shown as (
        select * from market_bars where collection_id = ${collectionId}
          ${from === undefined ? sql`` : sql`and time >= ${from}::timestamptz`}
          ${to === undefined ? sql`` : sql`and time <= ${to}::timestamptz`}
        order by time desc limit ${newest ?? null}
      ), placed as (
        select shown.*, count(*) over ()::int as total,
          least(${points}::bigint, count(*) over ()) * (row_number() over (order by shown.time) - 1)
            / count(*) over () as place
          ${each((name) => sql`f.${name}`)}
        from shown left join market_features f on f.collection_id = shown.collection_id and f.time = shown.time
      )
      select max(total) as count, min(time) as time, (array_agg(open order by time))[1] as open,
        max(high) as high, min(low) as low, (array_agg(close order by time desc))[1] as close, sum(volume) as volume
        ${each((name) => sql`avg(${name}) as ${name}`)}
      from placed group by place order by place`);
    return rows.map((row) => ({ ...row, time: new Date(row.time) }));
  }
}

const laterThan = (after: string | undefined) =>
  after === undefined ? undefined : gt(marketBars.time, new Date(after));
