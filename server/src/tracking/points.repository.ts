import { type SQL, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../platform/database.ts';
import { runPrepared } from '../platform/prepared.ts';
import type { SeriesBatch } from './batch-summary.ts';
import { bigints, byteas, floats } from './binary-arrays.ts';
import type { Chunk } from './chunks.ts';
import { isNewer, type Plotted } from './plotted.ts';
import type { RunRow } from './runs.repository.ts';

/** A series as a writer last saw it. */
export interface KnownSeries {
  id: number;
  points: number;
  last: Plotted;
}
/** What a writer of points needs to know of a run. */
export interface Target {
  run: Pick<RunRow, 'runId' | 'lifecycle' | 'jobId'>;
  /** Those of the asked series that are there, by key. */
  series: Map<string, KnownSeries>;
}
/** What is to be written to one series. */
interface Write {
  batch: SeriesBatch;
  known: KnownSeries;
}

/** Writes points, and what their series' rows say of them. */
export class PointsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  /** Undefined where there is no such run. */
  async find(runId: string, keys: readonly string[]): Promise<Target | undefined> {
    const rows = await runPrepared(
      this.#database,
      'find_series',
      sql`
      select runs.lifecycle, runs.job_id, series.id, series.key, series.points, series.last_step, series.last_at_ms,
        series.last_value
      from runs left join metric_series as series on series.run_id = runs.run_id and series.key = any(${sql.param(keys)}::text[])
      where runs.run_id = ${runId}`,
    );
    const first = rows[0];
    if (!first) return undefined;
    const run = {
      runId,
      lifecycle: first.lifecycle as RunRow['lifecycle'],
      jobId: first.job_id as string | null,
    };
    return { run, series: new Map(rows.filter(({ id }) => id !== null).map(knownOf)) };
  }

  /**
   * Adds points none of which can be there already: to series that still stand as they are known, and newer than all
   * they have or in a stretch of steps of which they have nothing. Where that does not hold of all, or the run is not
   * active, nothing is written, and the answer is false.
   */
  async append(runId: string, writes: readonly Write[]): Promise<boolean> {
    const isActive = sql`exists (select from runs where run_id = ${runId} and lifecycle = 'active')`;
    const rows = await runPrepared(this.#database, 'append_points', writing(writes, isActive));
    return rows.length === writes.length;
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
    }
    return new Map([...series, ...writes.map((write) => [write.batch.key, after(write)] as const)]);
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

/** NaN stands for "no finite value", which none of them is. */
const none = Number.NaN;

const given = (writes: readonly Write[]): SQL => {
  const whole = (pick: (write: Write) => number) => sql`${bigints(writes, pick)}::bigint[]`;
  const float = (pick: (write: Write) => number) => sql`${floats(writes, pick)}::float8[]`;
  return sql`unnest(${whole(({ known }) => known.id)}, ${whole(({ known }) => known.points)},
    ${whole(({ batch }) => batch.points)}, ${whole(({ batch }) => batch.last.step)},
    ${whole(({ batch }) => batch.last.atMs)}, ${float(({ batch }) => batch.last.value)},
    ${whole(({ batch }) => batch.firstStep)}, ${float(({ batch }) => batch.min ?? none)},
    ${float(({ batch }) => batch.max ?? none)})
    as g(id, known, points, last_step, last_at_ms, last_value, first_step, min_value, max_value)`;
};

interface Place {
  seriesId: number;
  /** Whether it may lie where others are already. */
  isApart: boolean;
  chunk: Chunk;
}
const chunks = (places: readonly Place[]): SQL => {
  const whole = (pick: (place: Place) => number) => sql`${bigints(places, pick)}::bigint[]`;
  const float = (pick: (chunk: Chunk) => number) =>
    sql`${floats(places, ({ chunk }) => pick(chunk))}::float8[]`;
  return sql`unnest(${whole(({ seriesId }) => seriesId)}, ${whole(({ isApart }) => (isApart ? 1 : 0))},
    ${whole(({ chunk }) => chunk.firstStep)}, ${whole(({ chunk }) => chunk.lastStep)},
    ${whole(({ chunk }) => chunk.points)},
    ${whole(({ chunk }) => chunk.low?.step ?? 0)}, ${whole(({ chunk }) => chunk.low?.atMs ?? 0)},
    ${float((chunk) => chunk.low?.value ?? none)},
    ${whole(({ chunk }) => chunk.high?.step ?? 0)}, ${whole(({ chunk }) => chunk.high?.atMs ?? 0)},
    ${float((chunk) => chunk.high?.value ?? none)}, ${byteas(places.map(({ chunk }) => chunk.data))}::bytea[])
    as c(series_id, is_apart, first_step, last_step, points, low_step, low_at_ms, low_value, high_step, high_at_ms,
      high_value, data)`;
};

const isNewerRow = sql`(g.last_step, g.last_at_ms, g.last_value) > (s.last_step, s.last_at_ms, s.last_value)`;

/** One statement: all of it is written, and a row for each series comes back, or nothing. */
function writing(writes: readonly Write[], condition: SQL, isChecked = false): SQL {
  const places = writes.flatMap(({ batch, known }) => {
    const isApart = isChecked || known.points === 0 || isNewer(batch.first, known.last);
    return batch.chunks.map((chunk) => ({ seriesId: known.id, isApart, chunk }));
  });
  // The look for neighbours stands in the list of what is selected, where the planner leaves it a look a chunk.
  return sql`
    with given as materialized (select * from ${given(writes)}),
    same as materialized (
      select s.id from metric_series s join given g on g.id = s.id where s.points = g.known order by s.id
      for no key update of s),
    chunk as materialized (
      select c.*, c.is_apart = 1 or not exists (select from metric_chunks m where m.series_id = c.series_id
        and m.last_step >= c.first_step and m.first_step <= c.last_step) as is_free from ${chunks(places)}),
    good as materialized (
      select (select count(*) from same) = (select count(*) from given) and ${condition}
        and (select bool_and(is_free) from chunk) as yes),
    added as (
      insert into metric_chunks (series_id, first_step, last_step, points, low_step, low_at_ms, low_value, high_step,
        high_at_ms, high_value, data)
      select series_id, first_step, last_step, points,
        case when low_value <> 'NaN' then low_step end, case when low_value <> 'NaN' then low_at_ms end,
        nullif(low_value, 'NaN'), case when high_value <> 'NaN' then high_step end,
        case when high_value <> 'NaN' then high_at_ms end, nullif(high_value, 'NaN'), data
      from chunk where (select yes from good))
    update metric_series as s set points = s.points + g.points,
      last_step = case when ${isNewerRow} then g.last_step else s.last_step end,
      last_at_ms = case when ${isNewerRow} then g.last_at_ms else s.last_at_ms end,
      last_value = case when ${isNewerRow} then g.last_value else s.last_value end,
      first_step = least(s.first_step, g.first_step),
      min_value = least(s.min_value, nullif(g.min_value, 'NaN')),
      max_value = greatest(s.max_value, nullif(g.max_value, 'NaN'))
    from given g where s.id = g.id and (select yes from good) returning s.id`;
}
