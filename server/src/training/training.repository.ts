import type { JobState, StepPoint, TrainingConfig, TrainingMetrics } from '@hearth/contract';
import { and, asc, desc, eq, getTableColumns, ilike, inArray, lt, or, type SQL, sql } from 'drizzle-orm';
import { jobs } from '../jobs/jobs.table.ts';
import type { Database, Transaction } from '../platform/database.ts';
import { trainingEpochs, trainingRuns, trainingSteps } from './training.table.ts';

export type RunRow = typeof trainingRuns.$inferSelect & { arrival: number };
export type EpochRow = typeof trainingEpochs.$inferInsert;
export type StepRow = typeof trainingSteps.$inferInsert;
export interface NewRun {
  sessionId: string;
  jobId: string;
  config: TrainingConfig;
  datasetName: string;
  datasetSha256: string;
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

  async find(sessionId: string): Promise<RunRow | undefined> {
    const [row] = await this.#runs(eq(trainingRuns.sessionId, sessionId)).limit(1);
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

  #runs(where: SQL | undefined) {
    return this.#database
      .select(columns)
      .from(trainingRuns)
      .innerJoin(jobs, eq(jobs.id, trainingRuns.jobId))
      .where(where)
      .orderBy(desc(jobs.arrival));
  }

  /** A run that waits for this data set or reads it. */
  async unfinishedOn(tx: Transaction, datasetName: string): Promise<string | undefined> {
    const [row] = await tx
      .select({ sessionId: trainingRuns.sessionId })
      .from(trainingRuns)
      .innerJoin(jobs, eq(jobs.id, trainingRuns.jobId))
      .where(
        and(eq(trainingRuns.datasetName, datasetName), inArray(jobs.state, ['queued', 'leased', 'running'])),
      )
      .limit(1);
    return row?.sessionId;
  }

  async setModel(tx: Transaction, sessionId: string, modelName: string, modelVersion: number): Promise<void> {
    await tx
      .update(trainingRuns)
      .set({ modelName, modelVersion })
      .where(eq(trainingRuns.sessionId, sessionId));
  }

  /** The first row of an epoch stays: it was acknowledged. */
  async addEpochs(tx: Transaction, rows: EpochRow[]): Promise<void> {
    if (rows.length > 0) await tx.insert(trainingEpochs).values(rows).onConflictDoNothing();
  }

  async addSteps(tx: Transaction, rows: StepRow[]): Promise<void> {
    if (rows.length > 0) await tx.insert(trainingSteps).values(rows).onConflictDoNothing();
  }

  async epochs(sessionId: string): Promise<TrainingMetrics[]> {
    const rows = await this.#database
      .select()
      .from(trainingEpochs)
      .where(eq(trainingEpochs.sessionId, sessionId))
      .orderBy(asc(trainingEpochs.epoch));
    return rows.map(asMetrics);
  }

  /** The newest epoch of each run that has one. */
  async lastEpochs(sessionIds: string[]): Promise<Map<string, TrainingMetrics>> {
    if (sessionIds.length === 0) return new Map();
    const rows = await this.#database
      .selectDistinctOn([trainingEpochs.sessionId])
      .from(trainingEpochs)
      .where(inArray(trainingEpochs.sessionId, sessionIds))
      .orderBy(trainingEpochs.sessionId, desc(trainingEpochs.epoch));
    return new Map(rows.map((row) => [row.sessionId, asMetrics(row)]));
  }

  /** At most `most` points, evenly spread over the run, the last one among them. */
  async steps(sessionId: string, most: number): Promise<StepPoint[]> {
    const { rows } = await this.#database.execute<{
      step: number;
      epoch: number;
      loss: number;
      at: Date;
    }>(sql`
      select step, epoch, loss, at from (${numbered(sessionId)}) as points
      where ${isSpread(most)} order by step`);
    return rows.map(({ at, ...point }) => ({ ...point, timestamp: new Date(at).toISOString() }));
  }

  /** Forgets points that no chart would show. */
  async thinSteps(sessionId: string, most: number): Promise<void> {
    await this.#database.execute(sql`
      delete from training_steps using (${numbered(sessionId)}) as points
      where training_steps.session_id = ${sessionId} and training_steps.step = points.step and not (${isSpread(most)})`);
  }
}

const numbered = (sessionId: string) => sql`
  select step, epoch, loss, at, row_number() over (order by step desc) - 1 as place, count(*) over () as total
  from training_steps where session_id = ${sessionId}`;
/** Of every stretch of total/most places the first: never more than \`most\` of them. */
const isSpread = (most: number) => sql`
  (points.total <= ${most} or points.place = 0
   or (points.place * ${most}) / points.total <> ((points.place - 1) * ${most}) / points.total)`;

function asMetrics(row: typeof trainingEpochs.$inferSelect): TrainingMetrics {
  return {
    session_id: row.sessionId,
    epoch: row.epoch,
    loss: row.loss,
    accuracy: row.accuracy,
    val_loss: row.valLoss,
    val_accuracy: row.valAccuracy,
    timestamp: row.at.toISOString(),
  };
}

function inState(state: JobState): SQL {
  if (state === 'queued') return eq(jobs.state, 'queued');
  if (state === 'running') return inArray(jobs.state, ['leased', 'running']);
  return eq(jobs.outcome, state);
}
