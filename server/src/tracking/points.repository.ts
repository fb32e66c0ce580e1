import { sql } from 'drizzle-orm';
import type { Transaction } from '../platform/database.ts';
import type { Bucket, SeriesSummary } from './batch-summary.ts';
import type { Point } from './tracking.types.ts';

type Numbered = SeriesSummary & { id: number };

/** An array of numbers as PostgreSQL reads it; faster than the driver's own way, which quotes every element. */
const numbers = (values: readonly (number | null)[]): string =>
  `{${values.map((value) => value ?? 'NULL').join(',')}}`;

/** Writes points. The caller holds the run's row, so two writers of one run come one after the other. */
export class PointsRepository {
  async add(
    tx: Transaction,
    runId: string,
    points: readonly Point[],
    summaries: SeriesSummary[],
  ): Promise<void> {
    const ids = await this.#identify(tx, runId, summaries);
    const numbered = summaries.map((summary) => ({ ...summary, id: ids.get(summary.key)! }));
    await this.#insert(tx, points, ids, numbered);
    await this.#widenBuckets(tx, numbered);
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
      insert into metric_series (run_id, key, last_step, last_at_ms, last_value, first_step, min_value, max_value)
      select ${runId}, given.* from unnest(
        ${sql.param(fresh.map(({ key }) => key))}::text[],
        ${numbers(fresh.map(({ last }) => last.step))}::bigint[],
        ${numbers(fresh.map(({ last }) => last.atMs))}::bigint[],
        ${numbers(fresh.map(({ last }) => last.value))}::float8[],
        ${numbers(fresh.map(({ firstStep }) => firstStep))}::bigint[],
        ${numbers(fresh.map(({ min }) => min))}::float8[],
        ${numbers(fresh.map(({ max }) => max))}::float8[]) as given
      returning id, key`);
    for (const { id, key } of rows) ids.set(key, Number(id));
    return ids;
  }

  /** Points and what their series' rows say of them, in one statement; repeats neither count nor change anything. */
  async #insert(
    tx: Transaction,
    points: readonly Point[],
    ids: Map<string, number>,
    summaries: Numbered[],
  ): Promise<void> {
    await tx.execute(sql`
      with added as (
        insert into metric_points (series_id, step, at_ms, value)
        select * from unnest(
          ${numbers(points.map(({ key }) => ids.get(key)!))}::bigint[],
          ${numbers(points.map(({ step }) => step))}::bigint[],
          ${numbers(points.map(({ atMs }) => atMs))}::bigint[],
          ${numbers(points.map(({ value }) => value))}::float8[])
        on conflict do nothing returning series_id),
      counted as (select series_id, count(*) as points from added group by series_id)
      update metric_series as series set
        points = series.points + coalesce(counted.points, 0),
        last_step = case when is_newer.yes then batch.last_step else series.last_step end,
        last_at_ms = case when is_newer.yes then batch.last_at_ms else series.last_at_ms end,
        last_value = case when is_newer.yes then batch.last_value else series.last_value end,
        first_step = least(series.first_step, batch.first_step),
        min_value = least(series.min_value, batch.min_value),
        max_value = greatest(series.max_value, batch.max_value)
      from unnest(
        ${numbers(summaries.map(({ id }) => id))}::bigint[],
        ${numbers(summaries.map(({ last }) => last.step))}::bigint[],
        ${numbers(summaries.map(({ last }) => last.atMs))}::bigint[],
        ${numbers(summaries.map(({ last }) => last.value))}::float8[],
        ${numbers(summaries.map(({ firstStep }) => firstStep))}::bigint[],
        ${numbers(summaries.map(({ min }) => min))}::float8[],
        ${numbers(summaries.map(({ max }) => max))}::float8[])
        as batch(series_id, last_step, last_at_ms, last_value, first_step, min_value, max_value)
      left join counted on counted.series_id = batch.series_id
      join metric_series as before on before.id = batch.series_id
      cross join lateral (select (batch.last_step, batch.last_at_ms, batch.last_value)
        > (before.last_step, before.last_at_ms, before.last_value) as yes) as is_newer
      where series.id = batch.series_id`);
  }

  async #widenBuckets(tx: Transaction, summaries: Numbered[]): Promise<void> {
    const rows = summaries.flatMap(({ id, buckets }) => buckets.map((bucket) => ({ id, ...bucket })));
    if (rows.length === 0) return;
    const column = (pick: (row: Bucket & { id: number }) => number) => numbers(rows.map(pick));
    await tx.execute(sql`
      insert into metric_buckets as known
        (series_id, level, bucket, min_step, min_at_ms, min_value, max_step, max_at_ms, max_value)
      select * from unnest(
        ${column(({ id }) => id)}::bigint[], ${column(({ level }) => level)}::smallint[],
        ${column(({ bucket }) => bucket)}::bigint[],
        ${column(({ min }) => min.step)}::bigint[], ${column(({ min }) => min.atMs)}::bigint[],
        ${column(({ min }) => min.value)}::float8[],
        ${column(({ max }) => max.step)}::bigint[], ${column(({ max }) => max.atMs)}::bigint[],
        ${column(({ max }) => max.value)}::float8[])
      on conflict (series_id, level, bucket) do update set
        (min_step, min_at_ms, min_value) = (select case when is_lower then excluded.min_step else known.min_step end,
          case when is_lower then excluded.min_at_ms else known.min_at_ms end, least(excluded.min_value, known.min_value)
          from (select excluded.min_value < known.min_value as is_lower) as lower),
        (max_step, max_at_ms, max_value) = (select case when is_higher then excluded.max_step else known.max_step end,
          case when is_higher then excluded.max_at_ms else known.max_at_ms end, greatest(excluded.max_value, known.max_value)
          from (select excluded.max_value > known.max_value as is_higher) as higher)
      where excluded.min_value < known.min_value or excluded.max_value > known.max_value`);
  }
}
