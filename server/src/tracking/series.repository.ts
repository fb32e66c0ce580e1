import { sql } from 'drizzle-orm';
import type { Database } from '../platform/database.ts';
import type { Plotted } from './plotted.ts';

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
}
