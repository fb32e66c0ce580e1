import { randomUUID } from 'node:crypto';
import { rolePermissions, type Session } from '@hearth/contract';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { AuditService } from './audit.service.ts';
import { digestOf, randomToken } from './digests.ts';
import type { SignInsRepository } from './sign-ins.repository.ts';
import { toUser } from './user.ts';
import type { UserRow, UsersRepository } from './users.repository.ts';

export const refreshLifeMs = 30 * 24 * 3600 * 1000;
/** Two tabs that refresh at once send the same token: so soon after its use, that is no sign of theft. */
const togetherMs = 5_000;

export interface SignedIn {
  session: Session;
  /** For the HTTP-only cookie. */
  refreshToken: string;
}

/** Starts, prolongs and ends people's sessions. */
export class SignInsService {
  readonly #repository: SignInsRepository;
  readonly #users: UsersRepository;
  readonly #tokens: AccessTokens;
  readonly #audit: AuditService;
  readonly #clock: Clock;
  constructor(
    repository: SignInsRepository,
    users: UsersRepository,
    tokens: AccessTokens,
    audit: AuditService,
    clock: Clock,
  ) {
    this.#repository = repository;
    this.#users = users;
    this.#tokens = tokens;
    this.#audit = audit;
    this.#clock = clock;
  }

  async start(user: UserRow): Promise<SignedIn> {
    const at = this.#clock();
    const id = randomUUID();
    await this.#repository.start({ id, userId: user.id, at });
    const next = this.#newToken();
    await this.#repository.addToken({ hash: next.hash, signInId: id, expiresAt: next.expiresAt });
    const seen = await this.#users.update(user.id, { lastLoginAt: at });
    return { session: await this.#session(seen ?? user), refreshToken: next.token };
  }

  async refresh(token: string | undefined, ip: string): Promise<SignedIn> {
    const now = this.#clock();
    const hash = digestOf(token ?? '');
    const stored = token ? await this.#repository.findToken(hash) : undefined;
    if (!stored || stored.revokedAt || stored.expiresAt <= now) throw signInAgain();
    const user = await this.#users.find(stored.userId);
    if (!user?.isActive) throw signInAgain();
    const next = this.#newToken();
    const won =
      !stored.usedAt &&
      (await this.#repository.rotate(hash, { hash: next.hash, expiresAt: next.expiresAt }, now));
    if (!won) {
      await this.#judgeReuse(hash, user, ip);
      throw signInAgain();
    }
    return { session: await this.#session(user), refreshToken: next.token };
  }

  async end(token: string | undefined): Promise<void> {
    const stored = token ? await this.#repository.findToken(digestOf(token)) : undefined;
    if (stored) await this.#repository.revoke(stored.signInId, this.#clock());
  }

  /** The sign-in a cookie belongs to, so that changing a password can keep it. */
  async findSignInId(token: string | undefined): Promise<string | undefined> {
    return token ? (await this.#repository.findToken(digestOf(token)))?.signInId : undefined;
  }

  async endAllOf(userId: string, except?: string): Promise<void> {
    await this.#repository.revokeAllOf(userId, this.#clock(), except);
  }

  forgetExpired(): Promise<void> {
    return this.#repository.forgetExpired(this.#clock());
  }

  /** An old token that comes back later than tabs would was stolen, from us or by us: the whole line ends. */
  async #judgeReuse(hash: string, user: UserRow, ip: string): Promise<void> {
    const stored = await this.#repository.findToken(hash);
    const now = this.#clock();
    if (!stored?.usedAt || now.getTime() - stored.usedAt.getTime() <= togetherMs) return;
    await this.#repository.revoke(stored.signInId, now);
    this.#audit.record({ actor: user.email, action: 'refresh_token.reused', success: false, ip });
  }

  async #session(user: UserRow): Promise<Session> {
    const { token, expiresAt } = await this.#tokens.issue(user.id);
    return {
      access_token: token,
      expires_at: expiresAt.toISOString(),
      user: toUser(user),
      permissions: [...rolePermissions[user.role]],
    };
  }

  #newToken() {
    const token = randomToken();
    const expiresAt = new Date(this.#clock().getTime() + refreshLifeMs);
    return { token, hash: digestOf(token), expiresAt };
  }
}

const signInAgain = () => new AppError('auth.required', 'The session has ended; sign in again.');
