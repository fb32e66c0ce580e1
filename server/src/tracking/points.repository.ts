import { sql } from 'drizzle-orm';
import type { Database, Transaction } from '../platform/database.ts';
import { runPrepared } from '../platform/prepared.ts';
import type { SeriesBatch } from './batch-summary.ts';
import { bigints, floats } from './binary-arrays.ts';
import { chunksOf, decode, isSmall, pointsOf } from './chunks.ts';
import { distinct, isNewer } from './plotted.ts';
import { adding, chunks, type KnownSeries, type Write, writing } from './points-statement.repository.ts';
import type { RunRow } from './runs.repository.ts';
import { isSmallRow } from './tracking.table.ts';

/** What a writer of points needs to know of a run. */
export interface Target {
  run: Pick<RunRow, 'runId' | 'lifecycle' | 'jobId'>;
  /** Those of its series that were written to, by key. */
  series: Map<string, KnownSeries>;
}
/** Writes points, and what their series' rows say of them. */
export class PointsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Adds points none of which can be there already: to series that still stand as they are known, and newer than all
   * they have or in a stretch of steps of which they have nothing. Where that does not hold of all, or the run is not
   * active, nothing is written, and the answer is undefined; else the ids of series to be made tidy.
   */
  async append(runId: string, writes: readonly Write[]): Promise<number[] | undefined> {
    const isActive = sql`exists (select from runs where run_id = ${runId} and lifecycle = 'active')`;
    const rows = await runPrepared(this.#database, 'append_points', writing(writes, isActive));
    return rows.length === writes.length ? untidy(rows) : undefined;
  }

  /**
   * Adds points some of which may be there already, inside a transaction that holds the run's row; these change
   * nothing. Answers how their series stand now, by key.
   */
  async merge(
    tx: Transaction,
    runId: string,
    batches: readonly SeriesBatch[],
    fresh: (series: KnownSeries, batch: SeriesBatch) => Promise<SeriesBatch | undefined>,
  ): Promise<Map<string, KnownSeries>> {
    const series = await this.#identify(tx, runId, batches);
    const writes: Write[] = [];
    for (const given of batches) {
      const known = series.get(given.key)!;
      const isNew = known.points === 0 || isNewer(given.first, known.last);
      const batch = isNew ? given : await fresh(known, given);
      if (batch) writes.push({ batch, known });
    }
    if (writes.length > 0) {
      const { rows } = await tx.execute(writing(writes, sql`true`, true));
      if (rows.length !== writes.length)
        throw new Error(`The series of run ${runId} changed under its lock.`);
      await this.tidy(tx, untidy(rows));
    }
    return new Map([...series, ...writes.map((write) => [write.batch.key, after(write)] as const)]);
  }

  /** Makes one of the small chunks of each series: single points come by the thousand. */
  async tidy(tx: Transaction, seriesIds: readonly number[]): Promise<void> {
    for (const id of seriesIds.toSorted((a, b) => a - b)) {
      await tx.execute(sql`select from metric_series where id = ${id} for no key update`);
      const { rows } = await tx.execute<{ data: Buffer }>(sql`
        delete from metric_chunks where series_id = ${id} and ${isSmallRow} returning data`);
      const points = distinct(rows.flatMap(({ data }) => [...pointsOf(decode(data))]));
      const places = chunksOf([points]).map((chunk) => ({ seriesId: id, isApart: true, chunk }));
      const small = places.filter(({ chunk }) => isSmall(chunk)).length;
      await tx.execute(sql`with added as (${adding(chunks(places))})
        update metric_series set small_chunks = ${small} where id = ${id}`);
    }
  }

  /** Their rows, held until the transaction ends; new ones are made. */
  async #identify(
    tx: Transaction,
    runId: string,
    batches: readonly SeriesBatch[],
  ): Promise<Map<string, KnownSeries>> {
    const keys = sql.param(batches.map(({ key }) => key));
    const { rows } = await tx.execute(sql`
      select id, key, points, last_step, last_at_ms, last_value from metric_series
      where run_id = ${runId} and key = any(${keys}::text[]) order by id for no key update`);
    const known = new Map(rows.map(knownOf));
    const missing = batches.filter(({ key }) => !known.has(key));
    if (missing.length === 0) return known;
    const made = await tx.execute(sql`
      insert into metric_series (run_id, key, last_step, last_at_ms, last_value, first_step)
      select ${runId}, new.* from unnest(
        ${sql.param(missing.map(({ key }) => key))}::text[],
        ${bigints(missing, ({ last }) => last.step)}::bigint[], ${bigints(missing, ({ last }) => last.atMs)}::bigint[],
        ${floats(missing, ({ last }) => last.value)}::float8[],
        ${bigints(missing, ({ firstStep }) => firstStep)}::bigint[]) as new
      returning id, key, points, last_step, last_at_ms, last_value`);
    return new Map([...known, ...made.rows.map(knownOf)]);
  }
}

function knownOf(row: Record<string, unknown>): [string, KnownSeries] {
  const last = {
    step: Number(row.last_step),
    atMs: Number(row.last_at_ms),
    value: row.last_value as number,
  };
  return [row.key as string, { id: Number(row.id), points: Number(row.points), last }];
}

/** How a series stands when this was written to it. */
export function after({ batch, known }: Write): KnownSeries {
  const last = known.points === 0 || isNewer(batch.last, known.last) ? batch.last : known.last;
  return { id: known.id, points: known.points + batch.points, last };
}

const mostSmall = 64;
const untidy = (rows: Record<string, unknown>[]): number[] =>
  rows.flatMap(({ id, small_chunks: small }) => ((small as number) >= mostSmall ? [Number(id)] : []));
