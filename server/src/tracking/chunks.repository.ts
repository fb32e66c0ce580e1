import { sql } from 'drizzle-orm';
import type { Database, Executor } from '../platform/database.ts';
import { bigints } from './binary-arrays.ts';
import { type Columns, decode } from './chunks.ts';
import type { Plotted } from './plotted.ts';

export interface StepRange {
  from?: number | undefined;
  to?: number | undefined;
}
export type Steps = { from: number; to: number };
/** What is known of a chunk without its points. */
export interface ChunkRow {
  id: number;
  seriesId: number;
  firstStep: number;
  lastStep: number;
  points: number;
  low: Plotted | undefined;
  high: Plotted | undefined;
}

/** So many points are read at a time, give or take a chunk: 1.5 MB. */
const mostAtOnce = 64 * 1024;

/** Reads chunks of points. */
export class ChunksRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  /** Lets all reads of `work` see the same moment: chunks are made one now and then. */
  snapshot<T>(work: (executor: Executor) => Promise<T>): Promise<T> {
    return this.#database.transaction(work, { isolationLevel: 'repeatable read', accessMode: 'read only' });
  }

  /** Those of series that reach into a range of steps, by series and first step. */
  async within(
    seriesIds: readonly number[],
    { from, to }: StepRange,
    executor: Executor,
  ): Promise<ChunkRow[]> {
    if (seriesIds.length === 0) return [];
    const behind = from === undefined ? sql`` : sql`and last_step >= ${from}`;
    const before = to === undefined ? sql`` : sql`and first_step <= ${to}`;
    const { rows } = await executor.execute(sql`
      select id, series_id, first_step, last_step, points, low_step, low_at_ms, low_value, high_step, high_at_ms, high_value
      from metric_chunks where series_id = any(${bigints(seriesIds, (id) => id)}::bigint[]) ${behind} ${before}
      order by series_id, first_step, id`);
    return rows.map(asChunkRow);
  }

  /** Their points, in the order of the chunks and a bounded number at a time. */
  async *read(chunks: readonly ChunkRow[], executor: Executor): AsyncGenerator<Columns> {
    for (let next = 0; next < chunks.length; ) {
      const from = next;
      for (let points = 0; next < chunks.length && points < mostAtOnce; next += 1)
        points += chunks[next]!.points;
      const group = chunks.slice(from, next);
      const { rows } = await executor.execute<{ data: Buffer }>(sql`
        select data from metric_chunks join unnest(${bigints(group, ({ id }) => id)}::bigint[])
          with ordinality as asked(id, place) using (id)
        order by place`);
      for (const { data } of rows) yield decode(data);
    }
  }
}

const pointOf = (step: unknown, atMs: unknown, value: unknown): Plotted | undefined =>
  value === null ? undefined : { step: Number(step), atMs: Number(atMs), value: value as number };

const asChunkRow = (row: Record<string, unknown>): ChunkRow => ({
  id: Number(row.id),
  seriesId: Number(row.series_id),
  firstStep: Number(row.first_step),
  lastStep: Number(row.last_step),
  points: row.points as number,
  low: pointOf(row.low_step, row.low_at_ms, row.low_value),
  high: pointOf(row.high_step, row.high_at_ms, row.high_value),
});
