import { asc, desc, eq, inArray, max } from 'drizzle-orm';
import type { Database, Transaction } from '../platform/database.ts';
import { trainingAttempts, trainingRuns } from './training.table.ts';

export type NewAttempt = typeof trainingAttempts.$inferInsert;

/** The tries at sessions, and which of them a session stands for. */
export class AttemptsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  /** The first, with the session's own row. */
  async add(tx: Transaction, attempt: NewAttempt): Promise<void> {
    await tx.insert(trainingAttempts).values(attempt);
  }

  /** Locks a session's row, so that two cannot resume it at once. */
  async lock(tx: Transaction, sessionId: string): Promise<{ jobId: string } | undefined> {
    const [row] = await tx
      .select({ jobId: trainingRuns.jobId })
      .from(trainingRuns)
      .where(eq(trainingRuns.sessionId, sessionId))
      .for('update');
    return row;
  }

  /** A further one, which the session stands for from now on. */
  async next(tx: Transaction, attempt: Omit<NewAttempt, 'attempt'>): Promise<void> {
    const { sessionId, jobId } = attempt;
    const [row] = await tx
      .select({ last: max(trainingAttempts.attempt) })
      .from(trainingAttempts)
      .where(eq(trainingAttempts.sessionId, sessionId));
    await this.add(tx, { ...attempt, attempt: (row?.last ?? 1) + 1 });
    await tx.update(trainingRuns).set({ jobId }).where(eq(trainingRuns.sessionId, sessionId));
  }

  async counts(sessionIds: string[]): Promise<Map<string, number>> {
    if (sessionIds.length === 0) return new Map();
    const rows = await this.#database
      .select({ sessionId: trainingAttempts.sessionId, last: max(trainingAttempts.attempt) })
      .from(trainingAttempts)
      .where(inArray(trainingAttempts.sessionId, sessionIds))
      .groupBy(trainingAttempts.sessionId)
      .orderBy(asc(trainingAttempts.sessionId));
    return new Map(rows.map(({ sessionId, last }) => [sessionId, last ?? 1]));
  }

  /** Its jobs, newest first. */
  async jobsOf(sessionId: string): Promise<string[]> {
    const rows = await this.#database
      .select({ jobId: trainingAttempts.jobId })
      .from(trainingAttempts)
      .where(eq(trainingAttempts.sessionId, sessionId))
      .orderBy(desc(trainingAttempts.attempt));
    return rows.map(({ jobId }) => jobId);
  }
}
