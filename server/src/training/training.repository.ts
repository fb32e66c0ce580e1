import type { JobState, TrainingConfig } from '@hearth/contract';
import { and, desc, eq, getTableColumns, ilike, inArray, lt, or, type SQL, sql } from 'drizzle-orm';
import { jobs } from '../jobs/jobs.table.ts';
import type { Database, Executor, Transaction } from '../platform/database.ts';
import { trainingRuns } from './training.table.ts';

export type RunRow = typeof trainingRuns.$inferSelect & { arrival: number };
export interface NewRun {
  sessionId: string;
  jobId: string;
  config: TrainingConfig;
  datasetName: string;
  datasetSha256: string;
  codeDigest: string | null;
  createdBy: string;
  createdAt: Date;
}
const columns = { ...getTableColumns(trainingRuns), arrival: jobs.arrival };

export class TrainingRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#database.transaction(work);
  }

  async add(tx: Transaction, run: NewRun): Promise<void> {
    await tx.insert(trainingRuns).values(run);
  }

  async find(sessionId: string, executor?: Executor): Promise<RunRow | undefined> {
    const [row] = await this.#runs(eq(trainingRuns.sessionId, sessionId), executor).limit(1);
    return row;
  }

  async findByJobs(jobIds: string[]): Promise<RunRow[]> {
    return jobIds.length === 0 ? [] : this.#runs(inArray(trainingRuns.jobId, jobIds));
  }

  page(limit: number, offset: number): Promise<RunRow[]> {
    return this.#runs(undefined).limit(limit).offset(offset);
  }

  list(limit: number, filter: { before?: number; status?: JobState; search?: string }): Promise<RunRow[]> {
    const { before, status, search } = filter;
    const text = search && `%${search.replace(/[\\%_]/g, '\\$&')}%`;
    const where = and(
      before === undefined ? undefined : lt(jobs.arrival, before),
      status && inState(status),
      text
        ? or(
            ilike(trainingRuns.datasetName, text),
            ilike(trainingRuns.sessionId, text),
            sql`${trainingRuns.config}->>'model_architecture' ilike ${text}`,
          )
        : undefined,
    );
    return this.#runs(where).limit(limit);
  }

  #runs(where: SQL | undefined, executor: Executor = this.#database) {
    return executor
      .select(columns)
      .from(trainingRuns)
      .innerJoin(jobs, eq(jobs.id, trainingRuns.jobId))
      .where(where)
      .orderBy(desc(jobs.arrival));
  }

  /** Runs that wait for a data set or read it. */
  async unfinishedOn(tx: Transaction, datasetName: string): Promise<{ sessionId: string; state: string }[]> {
    return tx
      .select({ sessionId: trainingRuns.sessionId, state: jobs.state })
      .from(trainingRuns)
      .innerJoin(jobs, eq(jobs.id, trainingRuns.jobId))
      .where(
        and(eq(trainingRuns.datasetName, datasetName), inArray(jobs.state, ['queued', 'leased', 'running'])),
      )
      .limit(100);
  }

  async setModel(tx: Transaction, sessionId: string, modelName: string, modelVersion: number): Promise<void> {
    await tx
      .update(trainingRuns)
      .set({ modelName, modelVersion })
      .where(eq(trainingRuns.sessionId, sessionId));
  }
}

function inState(state: JobState): SQL {
  if (state === 'queued') return eq(jobs.state, 'queued');
  if (state === 'running') return inArray(jobs.state, ['leased', 'running']);
  return eq(jobs.outcome, state);
}
