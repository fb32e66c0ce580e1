import type { Language } from '@hearth/contract';
import { AppError } from '../platform/errors.ts';
import type { AuditService } from './audit.service.ts';
import { isSameSecret, randomToken } from './digests.ts';
import type { KeysService } from './keys.service.ts';
import type { SettingsService } from './settings.service.ts';
import type { SignedIn, SignInsService } from './sign-ins.service.ts';
import type { UsersService } from './users.service.ts';

export interface FirstAdministrator {
  token: string;
  email: string;
  password: string;
  name: string;
  alert_email?: string | null;
  language: Language;
}

/** The first administrator. The one-time token lives only in this process and in the link it prints. */
export class SetupService {
  readonly #users: UsersService;
  readonly #keys: KeysService;
  readonly #signIns: SignInsService;
  readonly #settings: SettingsService;
  readonly #audit: AuditService;
  readonly #token = randomToken(24);
  #hasPeople = false;
  #hasKeys = false;
  constructor(
    users: UsersService,
    keys: KeysService,
    signIns: SignInsService,
    settings: SettingsService,
    audit: AuditService,
  ) {
    this.#users = users;
    this.#keys = keys;
    this.#signIns = signIns;
    this.#settings = settings;
    this.#audit = audit;
  }

  /** Reads where we stand, and creates the administrator of the settings where there is nobody. */
  async begin(admin: { email: string; password: string } | undefined): Promise<void> {
    this.#hasKeys = await this.#keys.hasAny();
    this.#hasPeople = await this.#users.hasAny();
    if (this.#hasPeople || !admin) return;
    const { email, password } = admin;
    await this.#users.createFirst({ email, password, name: email.split('@')[0]!, language: 'ru' });
    this.#hasPeople = true;
    this.#audit.record({ actor: 'settings', action: 'setup.done', target: email });
  }

  isNeeded(): boolean {
    return !this.#hasPeople;
  }

  /** Nobody could be known yet, so nothing but the set-up answers. */
  isEverythingClosed(): boolean {
    return !this.#hasPeople && !this.#hasKeys;
  }

  requireDone(): void {
    if (this.isEverythingClosed())
      throw new AppError('setup.required', 'This server waits for its first administrator.');
  }

  /** For the link that is shown where the server was started. */
  token(): string | undefined {
    return this.isNeeded() ? this.#token : undefined;
  }

  async setUp({ token, alert_email, ...person }: FirstAdministrator, ip: string): Promise<SignedIn> {
    if (!this.isNeeded()) throw alreadyDone();
    if (!isSameSecret(token, this.#token)) {
      this.#audit.record({ actor: 'somebody', action: 'setup.done', success: false, ip });
      throw new AppError('setup.wrong_token', 'This set-up link is not valid; the newest one is in the log.');
    }
    const user = await this.#users.createFirst(person);
    if (!user) throw alreadyDone();
    this.#hasPeople = true;
    if (alert_email) await this.#settings.change({ alert_email });
    this.#audit.record({ actor: user.email, action: 'setup.done', target: user.email, ip });
    return this.#signIns.start(user);
  }
}

const alreadyDone = () => new AppError('setup.done', 'This server has its administrator already.');
