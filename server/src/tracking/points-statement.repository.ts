import { type SQL, sql } from 'drizzle-orm';
import type { SeriesBatch } from './batch-summary.ts';
import { bigints, byteas, floats } from './binary-arrays.ts';
import { type Chunk, isSmall } from './chunks.ts';
import { isNewer, type Plotted } from './plotted.ts';

/** A series as a writer last saw it. */
export interface KnownSeries {
  id: number;
  points: number;
  last: Plotted;
}
/** What is to be written to one series. */
export interface Write {
  batch: SeriesBatch;
  known: KnownSeries;
}

const smallOf = ({ chunks: own }: SeriesBatch): number => own.filter(isSmall).length;

/** NaN stands for "no finite value", which none of them is. */
const none = Number.NaN;

const given = (writes: readonly Write[]): SQL => {
  const whole = (pick: (write: Write) => number) => sql`${bigints(writes, pick)}::bigint[]`;
  const float = (pick: (write: Write) => number) => sql`${floats(writes, pick)}::float8[]`;
  return sql`unnest(${whole(({ known }) => known.id)}, ${whole(({ known }) => known.points)},
    ${whole(({ batch }) => batch.points)}, ${whole(({ batch }) => batch.last.step)},
    ${whole(({ batch }) => batch.last.atMs)}, ${float(({ batch }) => batch.last.value)},
    ${whole(({ batch }) => batch.firstStep)}, ${float(({ batch }) => batch.min ?? none)},
    ${float(({ batch }) => batch.max ?? none)}, ${whole(({ batch }) => smallOf(batch))})
    as g(id, known, points, last_step, last_at_ms, last_value, first_step, min_value, max_value, small)`;
};

interface Place {
  seriesId: number;
  /** It is known to lie where no others are, or may lie among them: not to be looked for. */
  isApart: boolean;
  chunk: Chunk;
}
/** As rows. */
export const chunks = (places: readonly Place[]): SQL => {
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

export const adding = (from: SQL): SQL => sql`
  insert into metric_chunks (series_id, first_step, last_step, points, low_step, low_at_ms, low_value, high_step,
    high_at_ms, high_value, data)
  select series_id, first_step, last_step, points,
    case when low_value <> 'NaN' then low_step end, case when low_value <> 'NaN' then low_at_ms end,
    nullif(low_value, 'NaN'), case when high_value <> 'NaN' then high_step end,
    case when high_value <> 'NaN' then high_at_ms end, nullif(high_value, 'NaN'), data
  from ${from}`;

const isNewerRow = sql`(g.last_step, g.last_at_ms, g.last_value) > (s.last_step, s.last_at_ms, s.last_value)`;

/** One statement: all of it is written, and a row for each series comes back, or nothing. */
export function writing(writes: readonly Write[], condition: SQL, isChecked = false): SQL {
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
    added as (${adding(sql`chunk where (select yes from good)`)})
    update metric_series as s set points = s.points + g.points, small_chunks = s.small_chunks + g.small,
      last_step = case when ${isNewerRow} then g.last_step else s.last_step end,
      last_at_ms = case when ${isNewerRow} then g.last_at_ms else s.last_at_ms end,
      last_value = case when ${isNewerRow} then g.last_value else s.last_value end,
      first_step = least(s.first_step, g.first_step),
      min_value = least(s.min_value, nullif(g.min_value, 'NaN')),
      max_value = greatest(s.max_value, nullif(g.max_value, 'NaN'))
    from given g where s.id = g.id and (select yes from good) returning s.id, s.small_chunks`;
}
