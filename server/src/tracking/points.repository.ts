import { type SQL, sql } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import type { Database, Transaction } from '../platform/database.ts';
import type { Bucket, SeriesSummary } from './batch-summary.ts';
import { bigints, floats } from './binary-arrays.ts';
import type { Plotted } from './downsample.ts';
import type { RunRow } from './runs.repository.ts';
import type { Point } from './tracking.types.ts';

const dialect = new PgDialect();
type Numbered = SeriesSummary & { id: number };
/** What a writer of points needs to know of a run. */
export interface Target {
  run: Pick<RunRow, 'runId' | 'lifecycle' | 'jobId'>;
  /** Those of the asked series that are there, by key. */
  series: Map<string, { id: number; last: Plotted }>;
}
interface Found extends Record<string, unknown> {
  lifecycle: RunRow['lifecycle'];
  job_id: string | null;
  id: string | null;
  key: string;
  last_step: string;
  last_at_ms: string;
  last_value: number;
}

/** Writes points, and what their series' rows and buckets say of them. */
export class PointsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  /** Undefined where there is no such run. */
  async find(runId: string, keys: readonly string[]): Promise<Target | undefined> {
    const rows = await this.#prepared<Found>(
      'find-series',
      sql`
      select runs.lifecycle, runs.job_id, series.id, series.key, series.last_step, series.last_at_ms, series.last_value
      from runs left join metric_series as series on series.run_id = runs.run_id and series.key = any(${sql.param(keys)}::text[])
      where runs.run_id = ${runId}`,
    );
    const first = rows[0];
    if (!first) return undefined;
    const known = rows.flatMap(({ id, key, last_step, last_at_ms, last_value }) => {
      const last = { step: Number(last_step), atMs: Number(last_at_ms), value: last_value };
      return id === null ? [] : [[key, { id: Number(id), last }] as const];
    });
    return { run: { runId, lifecycle: first.lifecycle, jobId: first.job_id }, series: new Map(known) };
  }

  /**
   * Adds points that are newer than all their series have; should another writer have come first, the primary key
   * refuses the whole statement. Whoever writes to a run takes its row first, so no two wait for each other.
   */
  async append(runId: string, points: readonly Point[], summaries: Numbered[]): Promise<void> {
    const ids = new Map(summaries.map(({ key, id }) => [key, id]));
    const locked = sql`(select run_id from runs where run_id = ${runId} for no key update)`;
    await this.#prepared(
      'append-points',
      sql`
      with locked as materialized ${locked},
      added as (insert into metric_points (series_id, step, at_ms, value)
        select given.* from locked, ${given(points, ids)}),
      widened as (${widenBuckets(summaries, sql`locked, `)})
      update metric_series as series set points = series.points + batch.points, ${newSummary}
      from locked, ${batch(summaries)} where series.id = batch.series_id`,
    );
  }

  /** Runs a statement whose text is always the same: each connection plans it once, which else costs as much as it does. */
  async #prepared<Row extends Record<string, unknown>>(name: string, query: SQL): Promise<Row[]> {
    const { sql: text, params: values } = dialect.sqlToQuery(query);
    return (await this.#database.$client.query<Row>({ name, text, values })).rows;
  }

  /** Adds points that may be there already, inside a transaction that holds the run's row; repeats change nothing. */
  async merge(
    tx: Transaction,
    runId: string,
    points: readonly Point[],
    summaries: SeriesSummary[],
  ): Promise<void> {
    const ids = await this.#identify(tx, runId, summaries);
    const numbered = summaries.map((summary) => ({ ...summary, id: ids.get(summary.key)! }));
    await tx.execute(sql`
      with added as (
        insert into metric_points (series_id, step, at_ms, value)
        select given.* from ${given(points, ids)} on conflict do nothing returning series_id),
      counted as (select series_id, count(*) as points from added group by series_id),
      widened as (${widenBuckets(numbered, sql``)})
      update metric_series as series set points = series.points + coalesce(counted.points, 0), ${newSummary}
      from ${batch(numbered)} left join counted on counted.series_id = batch.series_id
      where series.id = batch.series_id`);
  }

  async #identify(tx: Transaction, runId: string, summaries: SeriesSummary[]): Promise<Map<string, number>> {
    const keys = sql.param(summaries.map(({ key }) => key));
    const known = await tx.execute<{ id: string; key: string }>(
      sql`select id, key from metric_series where run_id = ${runId} and key = any(${keys}::text[])`,
    );
    const ids = new Map(known.rows.map(({ id, key }) => [key, Number(id)]));
    const fresh = summaries.filter(({ key }) => !ids.has(key));
    if (fresh.length === 0) return ids;
    const { rows } = await tx.execute<{ id: string; key: string }>(sql`
      insert into metric_series (run_id, key, last_step, last_at_ms, last_value, first_step)
      select ${runId}, new.* from unnest(
        ${sql.param(fresh.map(({ key }) => key))}::text[],
        ${bigints(fresh, ({ last }) => last.step)}::bigint[], ${bigints(fresh, ({ last }) => last.atMs)}::bigint[],
        ${floats(fresh, ({ last }) => last.value)}::float8[],
        ${bigints(fresh, ({ firstStep }) => firstStep)}::bigint[]) as new
      returning id, key`);
    for (const { id, key } of rows) ids.set(key, Number(id));
    return ids;
  }
}

const given = (points: readonly Point[], ids: Map<string, number>): SQL => sql`unnest(
  ${bigints(points, ({ key }) => ids.get(key)!)}::bigint[], ${bigints(points, ({ step }) => step)}::bigint[],
  ${bigints(points, ({ atMs }) => atMs)}::bigint[], ${floats(points, ({ value }) => value)}::float8[]) as given`;

/** One row a series; NaN stands for "no finite value", which none of them is. */
const batch = (summaries: Numbered[]): SQL => sql`unnest(
  ${bigints(summaries, ({ id }) => id)}::bigint[], ${bigints(summaries, ({ points }) => points)}::bigint[],
  ${bigints(summaries, ({ last }) => last.step)}::bigint[], ${bigints(summaries, ({ last }) => last.atMs)}::bigint[],
  ${floats(summaries, ({ last }) => last.value)}::float8[],
  ${bigints(summaries, ({ firstStep }) => firstStep)}::bigint[],
  ${floats(summaries, ({ min }) => min ?? Number.NaN)}::float8[],
  ${floats(summaries, ({ max }) => max ?? Number.NaN)}::float8[])
  as batch(series_id, points, last_step, last_at_ms, last_value, first_step, min_value, max_value)`;

const isNewer = sql`(batch.last_step, batch.last_at_ms, batch.last_value)
  > (series.last_step, series.last_at_ms, series.last_value)`;
const newSummary = sql`
  last_step = case when ${isNewer} then batch.last_step else series.last_step end,
  last_at_ms = case when ${isNewer} then batch.last_at_ms else series.last_at_ms end,
  last_value = case when ${isNewer} then batch.last_value else series.last_value end,
  first_step = least(series.first_step, batch.first_step),
  min_value = least(series.min_value, nullif(batch.min_value, 'NaN')),
  max_value = greatest(series.max_value, nullif(batch.max_value, 'NaN'))`;

function widenBuckets(summaries: Numbered[], from: SQL): SQL {
  const rows = summaries.flatMap(({ id, buckets }) => buckets.map((bucket) => ({ id, ...bucket })));
  const whole = (pick: (row: Bucket & { id: number }) => number) => sql`${bigints(rows, pick)}::bigint[]`;
  const float = (pick: (row: Bucket & { id: number }) => number) => sql`${floats(rows, pick)}::float8[]`;
  const better = (column: string, isBetter: SQL) =>
    sql`case when ${isBetter} then excluded.${sql.identifier(column)} else known.${sql.identifier(column)} end`;
  const isLower = sql`excluded.min_value < known.min_value`;
  const isHigher = sql`excluded.max_value > known.max_value`;
  return sql`
    insert into metric_buckets as known
      (series_id, level, bucket, min_step, min_at_ms, min_value, max_step, max_at_ms, max_value)
    select wider.* from ${from} unnest(${whole(({ id }) => id)}, ${whole(({ level }) => level)},
      ${whole(({ bucket }) => bucket)}, ${whole(({ min }) => min.step)}, ${whole(({ min }) => min.atMs)},
      ${float(({ min }) => min.value)}, ${whole(({ max }) => max.step)}, ${whole(({ max }) => max.atMs)},
      ${float(({ max }) => max.value)}) as wider
    on conflict (series_id, level, bucket) do update set
      min_step = ${better('min_step', isLower)}, min_at_ms = ${better('min_at_ms', isLower)},
      min_value = ${better('min_value', isLower)},
      max_step = ${better('max_step', isHigher)}, max_at_ms = ${better('max_at_ms', isHigher)},
      max_value = ${better('max_value', isHigher)}
    where ${isLower} or ${isHigher}`;
}
