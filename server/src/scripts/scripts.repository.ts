import type { ScriptPayload, ScriptStatus } from '@hearth/contract';
import { and, desc, eq, inArray, lt, ne, type SQL } from 'drizzle-orm';
import { asRecord, type Row } from '../jobs/job-row.ts';
import { jobs } from '../jobs/jobs.table.ts';
import type { JobRecord } from '../jobs/jobs.types.ts';
import type { Database } from '../platform/database.ts';

/** A run of a script is a job of the kind, and nothing else: how it stands cannot be told in two ways. */
export type RunRecord = JobRecord & { payload: ScriptPayload };

/** One run of a script at a time. */
export const mutexOf = (scriptName: string): string => `script:${scriptName}`;

export class ScriptsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  async findActive(scriptName: string): Promise<RunRecord | undefined> {
    const [run] = await this.#runs(1, ofScript(scriptName), ne(jobs.state, 'finished'));
    return run;
  }

  async find(id: string): Promise<RunRecord | undefined> {
    const [run] = await this.#runs(1, eq(jobs.id, id));
    return run;
  }

  list(
    limit: number,
    filter: { before?: number; scriptName?: string; status?: ScriptStatus },
  ): Promise<RunRecord[]> {
    const { before, scriptName, status } = filter;
    return this.#runs(
      limit,
      before === undefined ? undefined : lt(jobs.arrival, before),
      scriptName === undefined ? undefined : ofScript(scriptName),
      status && hasStatus(status),
    );
  }

  /** The newest run of each script that was ever run, or of one; of the ended ones with `ended`. */
  async newest(filter: { scriptName?: string; ended?: boolean } = {}): Promise<RunRecord[]> {
    const { scriptName, ended = false } = filter;
    const rows = await this.#database
      .selectDistinctOn([jobs.mutex])
      .from(jobs)
      .where(
        and(
          eq(jobs.kind, 'script'),
          scriptName === undefined ? undefined : ofScript(scriptName),
          ended ? eq(jobs.state, 'finished') : undefined,
        ),
      )
      .orderBy(jobs.mutex, desc(jobs.arrival));
    return rows.map(asRun);
  }

  /** Newest first. */
  async #runs(limit: number, ...conditions: (SQL | undefined)[]): Promise<RunRecord[]> {
    const rows = await this.#database
      .select()
      .from(jobs)
      .where(and(eq(jobs.kind, 'script'), ...conditions))
      .orderBy(desc(jobs.arrival))
      .limit(limit);
    return rows.map(asRun);
  }
}

const ofScript = (scriptName: string): SQL => eq(jobs.mutex, mutexOf(scriptName));

function asRun(row: Row): RunRecord {
  const { payload, ...job } = asRecord(row);
  if (payload.kind !== 'script') throw new Error(`Job ${row.id} is no run of a script.`);
  return { ...job, payload };
}

function hasStatus(status: ScriptStatus): SQL {
  if (status === 'pending') return eq(jobs.state, 'queued');
  if (status === 'running') return inArray(jobs.state, ['leased', 'running']);
  return eq(jobs.outcome, status === 'cancelled' ? 'stopped' : status);
}
