import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { networkOf } from '../platform/network.ts';
import type { AuditService } from './audit.service.ts';
import { LoginLimit } from './login-limit.ts';
import { isPassword } from './passwords.ts';
import type { SignedIn, SignInsService } from './sign-ins.service.ts';
import type { UserRow, UsersRepository } from './users.repository.ts';

/** Checks passwords, slowly for those who guess. */
export class LoginService {
  readonly #users: UsersRepository;
  readonly #signIns: SignInsService;
  readonly #audit: AuditService;
  readonly #clock: Clock;
  readonly #limit = new LoginLimit();
  constructor(users: UsersRepository, signIns: SignInsService, audit: AuditService, clock: Clock) {
    this.#users = users;
    this.#signIns = signIns;
    this.#audit = audit;
    this.#clock = clock;
  }

  async login(email: string, password: string, ip: string): Promise<SignedIn> {
    const user = await this.requirePassword(email, password, ip, 'login');
    return this.#signIns.start(user);
  }

  /** Throws unless this is the password of an active person; the same answer, and as late, for whom there is not. */
  async requirePassword(email: string, password: string, ip: string, action: string): Promise<UserRow> {
    const address = networkOf(ip);
    const { waitMs, delayMs } = this.#limit.begin(address, email, this.#clock().getTime());
    if (waitMs > 0) {
      const seconds = Math.ceil(waitMs / 1000);
      this.#audit.record({ actor: email, action, success: false, ip, details: { waiting: true } });
      throw new AppError('auth.wait', 'Too many wrong passwords; wait.', { retry_after: seconds }, seconds);
    }
    if (delayMs > 0) await sleep(delayMs);
    const user = await this.#users.findByEmail(email);
    const isRight = await isPassword(password, user?.isActive ? user.passwordHash : undefined);
    this.#audit.record({ actor: email, action, success: isRight, ip });
    if (!isRight || !user) throw new AppError('auth.wrong_credentials', 'E-mail or password is wrong.');
    this.#limit.succeed(address, email);
    return user;
  }
}
