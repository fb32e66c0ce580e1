import type { Access } from '@hearth/contract';
import { type Attempt, type Authenticators, type Caller, requirePermission } from './access.ts';
import { AppError } from './errors.ts';

/** Decides who comes in: asks the authenticator of the route's access, then checks the permission. */
export class Gate {
  readonly #authenticators: Partial<Authenticators> = {};
  /** True while the server waits for its first administrator; set by identity. */
  isSetupPending: () => boolean = () => false;

  use<Kind extends keyof Authenticators>(kind: Kind, authenticator: Authenticators[Kind]): void {
    this.#authenticators[kind] = authenticator;
  }

  async admit(
    access: Exclude<Access, 'public'>,
    attempt: Attempt | undefined,
    alsoJobs = false,
  ): Promise<Caller> {
    if (this.isSetupPending())
      throw new AppError('setup.required', 'This server waits for its first administrator.');
    const job = attempt && alsoJobs ? await this.#authenticators.job?.(attempt) : undefined;
    if (job) return job;
    const caller = attempt && (await this.#authenticate(access, attempt));
    if (!caller) throw new AppError('auth.required', 'Sign in, or send a valid API key.');
    if (access !== 'signed-in' && access !== 'node' && access !== 'job') requirePermission(caller, access);
    return caller;
  }

  /** A job acts for its node, so what is open to nodes is open to their jobs. */
  async #authenticate(access: Access, attempt: Attempt): Promise<Caller | undefined> {
    const { user, node, job } = this.#authenticators;
    if (access === 'job') return job?.(attempt);
    if (access === 'node') return (await node?.(attempt)) ?? job?.(attempt);
    return user?.(attempt);
  }
}
