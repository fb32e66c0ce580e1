import { rolePermissions } from '@hearth/contract';
import { SmartCache } from '@hearth/toolkit/performance';
import type { Attempt, KeyCaller, PersonCaller } from '../platform/access.ts';
import type { Clock } from '../platform/clock.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { AuditService } from './audit.service.ts';
import { digestOf } from './digests.ts';
import type { KeysService, KnownKey } from './keys.service.ts';
import type { UsersRepository } from './users.repository.ts';

const remembering = { maxSize: 10_000, ttlMs: 10_000 };

/** Says who somebody is. What it read of people and keys is remembered for seconds, and forgotten on change. */
export class IdentityService {
  readonly #tokens: AccessTokens;
  readonly #users: UsersRepository;
  readonly #keys: KeysService;
  readonly #audit: AuditService;
  readonly #clock: Clock;
  readonly #people = new SmartCache<string, PersonCaller>(remembering);
  /** Raised when what is remembered may be wrong, so that an answer on its way is not remembered either. */
  #generation = 0;
  readonly #knownKeys = new SmartCache<string, KnownKey>(remembering);
  constructor(
    tokens: AccessTokens,
    users: UsersRepository,
    keys: KeysService,
    audit: AuditService,
    clock: Clock,
  ) {
    this.#tokens = tokens;
    this.#users = users;
    this.#keys = keys;
    this.#audit = audit;
    this.#clock = clock;
  }

  /** A value that says it is our JWT is a person's token and nothing else; any other is looked up as a key. */
  async authenticate(attempt: Attempt): Promise<PersonCaller | KeyCaller | undefined> {
    if (this.#tokens.isOurs(attempt.token)) return this.identify(attempt.token);
    const digest = digestOf(attempt.token);
    const caller = await this.#findKey(digest, attempt.token);
    this.#audit.recordKeyUse({
      fingerprint: digest.slice(0, 12),
      success: caller !== undefined,
      route: attempt.route,
      ip: attempt.ip,
    });
    return caller;
  }

  /** The person an access token was issued to, as long as they are active. */
  async identify(token: string): Promise<PersonCaller | undefined> {
    const id = await this.#tokens.verify(token);
    return id === undefined ? undefined : this.find(id);
  }

  /** An active person. */
  async find(id: string): Promise<PersonCaller | undefined> {
    const known = this.#people.get(id);
    if (known) return known;
    const generation = this.#generation;
    const user = await this.#users.find(id);
    if (!user?.isActive) return undefined;
    const permissions = rolePermissions[user.role];
    const caller: PersonCaller = { kind: 'person', id, ownerId: id, name: user.email, permissions };
    if (generation === this.#generation) this.#people.set(id, caller);
    return caller;
  }

  forget(): void {
    this.#generation += 1;
    this.#people.clear();
    this.#knownKeys.clear();
  }

  async #findKey(digest: string, token: string): Promise<KnownKey | undefined> {
    const known = this.#knownKeys.get(digest);
    const isExpired = known?.expiresAt && known.expiresAt <= this.#clock();
    if (known && !isExpired) return known;
    this.#knownKeys.delete(digest);
    const generation = this.#generation;
    const found = await this.#keys.identify(token);
    if (found && generation === this.#generation) this.#knownKeys.set(digest, found);
    return found;
  }
}
