import { and, eq, gt, isNull, lt, ne } from 'drizzle-orm';
import type { Database, Executor } from '../platform/database.ts';
import { refreshTokens, signIns } from './identity.table.ts';

export interface StoredToken {
  signInId: string;
  userId: string;
  usedAt: Date | null;
  expiresAt: Date;
  revokedAt: Date | null;
}

/** Sign-ins and the refresh tokens that descend from them. */
export class SignInsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  async start(signIn: { id: string; userId: string; at: Date }): Promise<void> {
    await this.#database
      .insert(signIns)
      .values({ id: signIn.id, userId: signIn.userId, createdAt: signIn.at });
  }

  async addToken(token: { hash: string; signInId: string; expiresAt: Date }): Promise<void> {
    await this.#database.insert(refreshTokens).values(token);
  }

  async findToken(hash: string): Promise<StoredToken | undefined> {
    const rows = await this.#database
      .select({
        signInId: refreshTokens.signInId,
        userId: signIns.userId,
        usedAt: refreshTokens.usedAt,
        expiresAt: refreshTokens.expiresAt,
        revokedAt: signIns.revokedAt,
      })
      .from(refreshTokens)
      .innerJoin(signIns, eq(signIns.id, refreshTokens.signInId))
      .where(eq(refreshTokens.hash, hash));
    return rows[0];
  }

  /** Trades a token for the next; of many at once exactly one succeeds. False: used, expired or revoked. */
  async rotate(hash: string, next: { hash: string; expiresAt: Date }, now: Date): Promise<boolean> {
    return this.#database.transaction(async (tx) => {
      const [traded] = await tx
        .update(refreshTokens)
        .set({ usedAt: now })
        .where(
          and(eq(refreshTokens.hash, hash), isNull(refreshTokens.usedAt), gt(refreshTokens.expiresAt, now)),
        )
        .returning({ signInId: refreshTokens.signInId });
      if (!traded) return false;
      const open = await tx
        .select({ id: signIns.id })
        .from(signIns)
        .where(and(eq(signIns.id, traded.signInId), isNull(signIns.revokedAt)))
        .for('share');
      if (open.length === 0) return false;
      await tx.insert(refreshTokens).values({ ...next, signInId: traded.signInId });
      return true;
    });
  }

  async revoke(signInId: string, now: Date): Promise<void> {
    await this.#database
      .update(signIns)
      .set({ revokedAt: now })
      .where(and(eq(signIns.id, signInId), isNull(signIns.revokedAt)));
  }

  async revokeAllOf(
    userId: string,
    now: Date,
    except?: string,
    executor: Executor = this.#database,
  ): Promise<void> {
    await executor
      .update(signIns)
      .set({ revokedAt: now })
      .where(
        and(
          eq(signIns.userId, userId),
          isNull(signIns.revokedAt),
          except ? ne(signIns.id, except) : undefined,
        ),
      );
  }

  async forgetExpired(now: Date): Promise<void> {
    await this.#database.delete(refreshTokens).where(lt(refreshTokens.expiresAt, now));
  }
}
