import { randomUUID } from 'node:crypto';
import { type ApiKey, type Permission, permissions, rolePermissions } from '@hearth/contract';
import type { KeyCaller, PersonCaller } from '../platform/access.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { digestOf, fingerprintOf, isSameSecret, randomToken } from './digests.ts';
import type { KeyRow, KeysRepository } from './keys.repository.ts';

type Scopes = ApiKey['scopes'];
export type KnownKey = KeyCaller & { expiresAt: Date | null };
const touchEveryMs = 60_000;

/** API keys: those of the settings (`API_KEYS`), and those made here, stored as digests. */
export class KeysService {
  readonly #repository: KeysRepository;
  readonly #configured: readonly string[];
  readonly #clock: Clock;
  /** Told when a key may no longer be what was remembered of it. */
  onChanged: () => void = () => undefined;
  constructor(repository: KeysRepository, configured: readonly string[], clock: Clock) {
    this.#repository = repository;
    this.#configured = configured;
    this.#clock = clock;
  }

  async hasAny(): Promise<boolean> {
    return this.#configured.length > 0 || this.#repository.hasAny();
  }

  async list(): Promise<ApiKey[]> {
    return (await this.#repository.list()).map(toApiKey);
  }

  async create(
    wanted: { name: string; scopes: Scopes; expires_at?: string | null },
    creator: PersonCaller | KeyCaller,
  ): Promise<ApiKey & { key: string }> {
    const key = `hk_${randomToken()}`;
    const row = await this.#repository.add({
      id: randomUUID(),
      name: wanted.name,
      hash: digestOf(key),
      hint: key.slice(0, 9),
      scopes: grantable(wanted.scopes, creator.permissions),
      createdBy: creator.ownerId,
      createdAt: this.#clock(),
      expiresAt: wanted.expires_at ? new Date(wanted.expires_at) : null,
    });
    return { ...toApiKey(row), key };
  }

  async revoke(id: string): Promise<ApiKey> {
    const revoked = await this.#repository.revoke(id, this.#clock());
    if (!revoked) throw new AppError('key.not_found', 'There is no such key.');
    this.onChanged();
    return toApiKey(revoked);
  }

  /** Whom a key stands for, and until when that may be remembered; undefined: nobody. */
  async identify(key: string): Promise<KnownKey | undefined> {
    const configured = this.#configured.map((known) => isSameSecret(known, key));
    if (configured.includes(true)) return configuredCaller(key);
    const now = this.#clock();
    const found = await this.#repository.findValid(digestOf(key), now);
    if (!found || (found.owner && !found.owner.isActive)) return undefined;
    const { key: row, owner } = found;
    const seenMs = now.getTime() - (row.lastUsedAt?.getTime() ?? 0);
    if (seenMs > touchEveryMs) await this.#repository.touch(row.id, now);
    const allowed: readonly Permission[] = owner ? rolePermissions[owner.role] : permissions;
    return {
      kind: 'key',
      id: row.id,
      name: row.name,
      permissions: allowed.filter((one) => row.scopes.includes('*') || row.scopes.includes(one)),
      ownerId: owner?.id,
      expiresAt: row.expiresAt,
    };
  }
}

function configuredCaller(key: string): KnownKey {
  const fingerprint = fingerprintOf(key);
  return {
    kind: 'key',
    id: fingerprint,
    name: `API_KEYS ${fingerprint}`,
    permissions,
    ownerId: undefined,
    expiresAt: null,
  };
}

/** Nobody hands out more than they have; `*` of somebody who may not do everything is what they may do. */
function grantable(scopes: Scopes, own: readonly Permission[]): Scopes {
  if (scopes.includes('*')) return own.length === permissions.length ? ['*'] : [...own];
  const excess = scopes.filter((scope) => scope !== '*' && !own.includes(scope));
  if (excess.length > 0)
    throw new AppError('auth.forbidden', `You cannot give what you do not have: ${excess.join(', ')}.`, {
      scopes: excess,
    });
  return [...new Set(scopes)];
}

const toApiKey = (row: KeyRow): ApiKey => ({
  id: row.id,
  name: row.name,
  hint: row.hint,
  scopes: row.scopes,
  created_at: row.createdAt.toISOString(),
  expires_at: row.expiresAt?.toISOString() ?? null,
  last_used_at: row.lastUsedAt?.toISOString() ?? null,
});
