import type { Role } from '@hearth/contract';
import { and, desc, eq, ilike, or, type SQL, sql } from 'drizzle-orm';
import type { Database, Executor, Transaction } from '../platform/database.ts';
import { isDuplicate } from '../platform/failures.ts';
import { users } from './identity.table.ts';

export type UserRow = typeof users.$inferSelect;
export type NewUser = typeof users.$inferInsert;
export interface UserCursor {
  at: Date;
  id: string;
}

export class UsersRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#database.transaction(work);
  }

  async hasAny(executor: Executor = this.#database): Promise<boolean> {
    return (await executor.select({ id: users.id }).from(users).limit(1)).length > 0;
  }

  /** Keeps two set-ups from both finding nobody. */
  async lockAgainstNew(tx: Transaction): Promise<void> {
    await tx.execute(sql`lock table ${users} in exclusive mode`);
  }

  async find(id: string): Promise<UserRow | undefined> {
    return (await this.#database.select().from(users).where(eq(users.id, id)))[0];
  }

  async findByEmail(email: string): Promise<UserRow | undefined> {
    return (await this.#database.select().from(users).where(eq(users.email, email)))[0];
  }

  /** Undefined where somebody has this address already. */
  async add(user: NewUser, executor: Executor = this.#database): Promise<UserRow | undefined> {
    try {
      return (await executor.insert(users).values(user).returning())[0];
    } catch (error) {
      if (isDuplicate(error, 'users_email')) return undefined;
      throw error;
    }
  }

  async update(
    id: string,
    change: Partial<NewUser>,
    executor: Executor = this.#database,
  ): Promise<UserRow | undefined> {
    if (Object.keys(change).length === 0) return this.find(id);
    return (await executor.update(users).set(change).where(eq(users.id, id)).returning())[0];
  }

  /** Locks the active administrators until the end of the transaction. */
  async lockActive(tx: Transaction, role: Role): Promise<UserRow[]> {
    return tx
      .select()
      .from(users)
      .where(and(eq(users.role, role), eq(users.isActive, true)))
      .for('update');
  }

  async list(limit: number, after?: UserCursor, search?: string): Promise<UserRow[]> {
    const conditions: (SQL | undefined)[] = [
      after &&
        sql`(${users.createdAt}, ${users.id}) < (${after.at.toISOString()}::timestamptz, ${after.id}::uuid)`,
      search ? or(ilike(users.email, containing(search)), ilike(users.name, containing(search))) : undefined,
    ];
    return this.#database
      .select()
      .from(users)
      .where(and(...conditions))
      .orderBy(desc(users.createdAt), desc(users.id))
      .limit(limit);
  }
}

const containing = (text: string) => `%${text.replace(/[\\%_]/g, (c) => `\\${c}`)}%`;
