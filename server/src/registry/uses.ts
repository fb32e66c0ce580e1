import type { ErrorCode, Use } from '@hearth/contract';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';

/** Somebody's use; without `version` of every version. */
export type VersionUse = Use & { version?: number };
/** Says who needs something. Domains that use data sets or models hand in theirs. */
export type UseCheck = (tx: Transaction, name: string) => Promise<VersionUse[]>;

/** Who uses models or data sets, asked of all the domains that may. */
export class Uses {
  readonly #checks: UseCheck[] = [];

  add(check: UseCheck): void {
    this.#checks.push(check);
  }

  async of(tx: Transaction, name: string, version?: number): Promise<Use[]> {
    const found: VersionUse[] = [];
    for (const check of this.#checks) found.push(...(await check(tx, name)));
    return found
      .filter((use) => version === undefined || use.version === undefined || use.version === version)
      .map(({ version: _version, ...use }) => use);
  }

  /** Throws `code` with the list of users while there is one. */
  async requireNone(tx: Transaction, code: ErrorCode, name: string, version?: number): Promise<void> {
    const users = await this.of(tx, name, version);
    if (users.length > 0) throw new AppError(code, sentence(name, users), { name, used_by: users });
  }
}

function sentence(name: string, users: Use[]): string {
  const shown = users.slice(0, 3).map((use) => `${use.kind} ${use.name} (${use.state})`);
  const more = users.length > 3 ? ` and ${users.length - 3} more` : '';
  return `${name} is in use by ${shown.join(', ')}${more}.`;
}
