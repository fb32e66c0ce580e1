import type { ScriptStatus } from '@hearth/contract';
import { and, desc, eq, getTableColumns, inArray, lt, ne, type SQL, sql } from 'drizzle-orm';
import { jobs } from '../jobs/jobs.table.ts';
import type { Database, Executor, Transaction } from '../platform/database.ts';
import { scriptRuns } from './scripts.table.ts';

export type RunRow = typeof scriptRuns.$inferSelect & { arrival: number };
type NewRun = typeof scriptRuns.$inferInsert;
const columns = { ...getTableColumns(scriptRuns), arrival: jobs.arrival };

export class ScriptsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Adds a run unless another one of its script has not ended, and says whether it did. The lock lets those who start
   * a script at the same moment, on whatever server, look one after the other.
   */
  async addOnly(tx: Transaction, run: NewRun): Promise<boolean> {
    const { scriptName, jobId, mode = null, args, command, timeoutSeconds, codeDigest, createdAt } = run;
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`script:${scriptName}`}, 0))`);
    const { rowCount } = await tx.execute(sql`
      insert into script_runs
        (job_id, script_name, args, mode, command, timeout_seconds, code_digest, created_at)
      select ${jobId}::uuid, ${scriptName}, ${JSON.stringify(args)}::jsonb, ${mode}, ${command},
        ${timeoutSeconds}::int, ${codeDigest}, ${createdAt.toISOString()}::timestamptz
      where not exists (
        select from script_runs r join jobs j on j.id = r.job_id
        where r.script_name = ${scriptName} and r.job_id <> ${jobId} and j.state <> 'finished')`);
    return rowCount === 1;
  }

  async findActive(scriptName: string, executor: Executor = this.#database): Promise<RunRow | undefined> {
    const where = and(eq(scriptRuns.scriptName, scriptName), ne(jobs.state, 'finished'));
    const [row] = await this.#runs(where, executor).limit(1);
    return row;
  }

  async find(jobId: string): Promise<RunRow | undefined> {
    const [row] = await this.#runs(eq(scriptRuns.jobId, jobId)).limit(1);
    return row;
  }

  list(
    limit: number,
    filter: { before?: number; scriptName?: string; status?: ScriptStatus },
  ): Promise<RunRow[]> {
    const { before, scriptName, status } = filter;
    const where = and(
      before === undefined ? undefined : lt(jobs.arrival, before),
      scriptName === undefined ? undefined : eq(scriptRuns.scriptName, scriptName),
      status && hasStatus(status),
    );
    return this.#runs(where).limit(limit);
  }

  /** The newest run of each script that was ever run, or of one; of the ended ones with `ended`. */
  newest(filter: { scriptName?: string; ended?: boolean } = {}): Promise<RunRow[]> {
    const { scriptName, ended = false } = filter;
    return this.#database
      .selectDistinctOn([scriptRuns.scriptName], columns)
      .from(scriptRuns)
      .innerJoin(jobs, eq(jobs.id, scriptRuns.jobId))
      .where(
        and(
          scriptName === undefined ? undefined : eq(scriptRuns.scriptName, scriptName),
          ended ? eq(jobs.state, 'finished') : undefined,
        ),
      )
      .orderBy(scriptRuns.scriptName, desc(scriptRuns.createdAt), desc(jobs.arrival));
  }

  #runs(where: SQL | undefined, executor: Executor = this.#database) {
    return executor
      .select(columns)
      .from(scriptRuns)
      .innerJoin(jobs, eq(jobs.id, scriptRuns.jobId))
      .where(where)
      .orderBy(desc(jobs.arrival));
  }
}

function hasStatus(status: ScriptStatus): SQL | undefined {
  if (status === 'pending') return eq(jobs.state, 'queued');
  if (status === 'running') return inArray(jobs.state, ['leased', 'running']);
  return eq(jobs.outcome, status === 'cancelled' ? 'stopped' : status);
}
