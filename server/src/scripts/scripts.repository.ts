import type { ScriptStatus } from '@hearth/contract';
import { and, desc, eq, getTableColumns, inArray, lt, ne, type SQL, sql } from 'drizzle-orm';
import { jobs } from '../jobs/jobs.table.ts';
import type { Database, Executor, Transaction } from '../platform/database.ts';
import { scriptRuns } from './scripts.table.ts';

export type RunRow = typeof scriptRuns.$inferSelect & { arrival: number };
type NewRun = typeof scriptRuns.$inferInsert;
const columns = { ...getTableColumns(scriptRuns), arrival: jobs.arrival };
const isActive = ne(jobs.state, 'finished');

export class ScriptsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#database.transaction(work);
  }

  /** Until the transaction ends nobody else may start this script, on whatever server. */
  async lock(tx: Transaction, scriptName: string): Promise<void> {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`script:${scriptName}`}, 0))`);
  }

  async add(tx: Transaction, run: NewRun): Promise<void> {
    await tx.insert(scriptRuns).values(run);
  }

  async findActive(scriptName: string, executor: Executor = this.#database): Promise<RunRow | undefined> {
    const where = and(eq(scriptRuns.scriptName, scriptName), isActive);
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
