import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../platform/database.ts';
import { bucketWidths } from './batch-summary.ts';
import type { Plotted } from './downsample.ts';

/** One metric of one run, as lists show it. */
export interface SeriesRow {
  id: number;
  runId: string;
  key: string;
  points: number;
  firstStep: number;
  last: Plotted;
  min: number | null;
  max: number | null;
}
export interface StepRange {
  from?: number | undefined;
  to?: number | undefined;
}
/** Where a page of a history ends. */
export type PlaceInSeries = [step: number, atMs: number, value: number];

type Stored = {
  id: string;
  run_id: string;
  key: string;
  points: string;
  first_step: string;
  last_step: string;
  last_at_ms: string;
  last_value: number;
  min_value: number | null;
  max_value: number | null;
};
type StoredPoint = { step: string; at_ms: string; value: number };
const asPlotted = ({ step, at_ms, value }: StoredPoint): Plotted => ({
  step: Number(step),
  atMs: Number(at_ms),
  value,
});

/** Reads series. */
export class SeriesRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  async ofRuns(runIds: string[], keys?: readonly string[]): Promise<SeriesRow[]> {
    if (runIds.length === 0) return [];
    const only = keys ? sql`and key = any(${sql.param(keys)}::text[])` : sql``;
    const { rows } = await this.#database.execute<Stored>(sql`
      select * from metric_series where run_id = any(${sql.param(runIds)}::text[]) ${only} order by run_id, key`);
    return rows.map((row) => ({
      id: Number(row.id),
      runId: row.run_id,
      key: row.key,
      points: Number(row.points),
      firstStep: Number(row.first_step),
      last: { step: Number(row.last_step), atMs: Number(row.last_at_ms), value: row.last_value },
      min: row.min_value,
      max: row.max_value,
    }));
  }

  /** Points of a range, ascending, at most `most`. */
  async points(id: number, range: StepRange, most: number): Promise<Plotted[]> {
    const { rows } = await this.#database.execute<StoredPoint>(sql`
      select step, at_ms, value from metric_points where series_id = ${id} and ${within(sql`step`, range)}
      order by step, at_ms, value limit ${most}`);
    return rows.map(asPlotted);
  }

  /** A page of everything, ascending. */
  async history(id: number, after: PlaceInSeries | undefined, limit: number): Promise<Plotted[]> {
    const behind = after
      ? sql`and (step, at_ms, value) > (${after[0]}, ${after[1]}, ${after[2]}::float8)`
      : sql``;
    const { rows } = await this.#database.execute<StoredPoint>(sql`
      select step, at_ms, value from metric_points where series_id = ${id} ${behind}
      order by step, at_ms, value limit ${limit}`);
    return rows.map(asPlotted);
  }

  /** The newest point of every step of several series. */
  async newestOfSteps(ids: number[]): Promise<(Plotted & { id: number })[]> {
    if (ids.length === 0) return [];
    const { rows } = await this.#database.execute<StoredPoint & { series_id: string }>(sql`
      select distinct on (series_id, step) series_id, step, at_ms, value from metric_points
      where series_id = any(${numbersOf(ids)}::bigint[])
      order by series_id, step, at_ms desc, value desc`);
    return rows.map((row) => ({ id: Number(row.series_id), ...asPlotted(row) }));
  }

  /**
   * The extremes of a range, ascending by step: of whole buckets of a width, and at the two ends, where a bucket
   * reaches over the edge, the points themselves.
   */
  async extremes(id: number, level: number, from: number, to: number): Promise<Plotted[]> {
    const width = bucketWidths[level]!;
    const first = Math.ceil(from / width);
    const last = Math.floor((to + 1) / width) - 1;
    const { rows } = await this.#database.execute<StoredPoint>(sql`
      select point.step, point.at_ms, point.value from metric_buckets, lateral (values
        (min_step, min_at_ms, min_value), (max_step, max_at_ms, max_value)) as point(step, at_ms, value)
      where series_id = ${id} and level = ${level} and bucket between ${first} and ${last}
      union
      select step, at_ms, value from metric_points
      where series_id = ${id} and step between ${from} and ${Math.min(to, first * width - 1)}
      union
      select step, at_ms, value from metric_points
      where series_id = ${id} and step between ${Math.max(from, (last + 1) * width)} and ${to}
      order by 1, 2, 3`);
    return rows.map(asPlotted);
  }

  /** How many buckets of a width a range touches, counted up to `most`. */
  async bucketsWithin(id: number, level: number, from: number, to: number, most: number): Promise<number> {
    const width = bucketWidths[level]!;
    const { rows } = await this.#database.execute<{ count: number }>(sql`
      select count(*)::int as count from (select from metric_buckets where series_id = ${id} and level = ${level}
        and bucket between ${Math.floor(from / width)} and ${Math.floor(to / width)} limit ${most}) as counted`);
    return rows[0]!.count;
  }
}

function within(column: SQL, { from, to }: StepRange): SQL {
  const least = from === undefined ? sql`true` : sql`${column} >= ${from}`;
  return to === undefined ? least : sql`${least} and ${column} <= ${to}`;
}
const numbersOf = (values: number[]): string => `{${values.join(',')}}`;
