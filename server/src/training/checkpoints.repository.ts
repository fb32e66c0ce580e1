import { and, desc, eq, inArray, notInArray } from 'drizzle-orm';
import type { Database, Executor, Transaction } from '../platform/database.ts';
import { trainingCheckpoints } from './training.table.ts';

export type CheckpointRow = typeof trainingCheckpoints.$inferSelect;
export type NewCheckpoint = Omit<CheckpointRow, 'id'>;

export class CheckpointsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  async add(tx: Transaction, checkpoints: NewCheckpoint[]): Promise<void> {
    if (checkpoints.length > 0) await tx.insert(trainingCheckpoints).values(checkpoints);
  }

  /** The newest of each session that has one. */
  async newest(
    sessionIds: string[],
    executor: Executor = this.#database,
  ): Promise<Map<string, CheckpointRow>> {
    if (sessionIds.length === 0) return new Map();
    const rows = await executor
      .selectDistinctOn([trainingCheckpoints.sessionId])
      .from(trainingCheckpoints)
      .where(inArray(trainingCheckpoints.sessionId, sessionIds))
      .orderBy(trainingCheckpoints.sessionId, desc(trainingCheckpoints.id));
    return new Map(rows.map((row) => [row.sessionId, row]));
  }

  /** Lets all but the newest of a session go; answers the digests of their files. */
  async trim(sessionId: string, keep: number): Promise<string[]> {
    const ofSession = eq(trainingCheckpoints.sessionId, sessionId);
    const kept = this.#database
      .select({ id: trainingCheckpoints.id })
      .from(trainingCheckpoints)
      .where(ofSession)
      .orderBy(desc(trainingCheckpoints.id))
      .limit(keep);
    const rows = await this.#database
      .delete(trainingCheckpoints)
      .where(and(ofSession, notInArray(trainingCheckpoints.id, kept)))
      .returning({ sha256: trainingCheckpoints.sha256 });
    return rows.map(({ sha256 }) => sha256);
  }
}
