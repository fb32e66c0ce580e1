import { type Clock, systemClock } from '../clock.ts';
import { singleton } from '../singleton.ts';
import { AuditLogger } from './audit-logger.ts';
import { type BearerHook, bearerHook } from './bearer-hook.ts';
import { InputValidator } from './input-validator.ts';
import { LoginGuard } from './login-guard.ts';
import { type Admission, RateLimiter } from './rate-limiter.ts';
import { SecurityPolicy } from './security-policy.ts';
import { type TokenData, TokenManager, type TokenManagerOptions } from './token-manager.ts';

/** A call was refused: no good token (401), not allowed (403), or too many calls (429). */
export class SecurityError extends Error {
  override readonly name = 'SecurityError';
  readonly code: 'auth.required' | 'auth.forbidden' | 'rate.limited';
  readonly statusCode: 401 | 403 | 429;
  /** For `rate.limited`: when to come back. */
  readonly retryAfterMs: number | undefined;

  constructor(code: SecurityError['code'], message: string, retryAfterMs?: number) {
    super(message);
    this.code = code;
    this.statusCode = ({ 'auth.required': 401, 'auth.forbidden': 403, 'rate.limited': 429 } as const)[code];
    this.retryAfterMs = retryAfterMs;
  }
}

/** First argument of a protected function: who calls. `user` is filled in by the check. */
export interface Caller {
  token: string;
  user?: TokenData;
}

/** A function whose first argument says who calls. */
type Protected<This, Args extends unknown[], R> = (this: This, caller: Caller, ...args: Args) => Promise<R>;
type Protector = <This, Args extends unknown[], R>(
  fn: Protected<This, Args, R>,
  context?: ClassMethodDecoratorContext,
) => Protected<This, Args, R>;

export interface SecurityManagerOptions {
  policy?: SecurityPolicy;
  /** Issues and checks the tokens, or the secret to make one with. */
  tokens: TokenManager | string;
  /** Default: the file of `AuditLogger`. */
  audit?: AuditLogger;
  /** Default `systemClock`. */
  clock?: Clock;
  /** For a `TokenManager` made from a secret. */
  revocations?: TokenManagerOptions['revocations'];
}

/** Tokens, permissions, rate limits, login guard, validators and audit in one place. */
export class SecurityManager {
  readonly policy: SecurityPolicy;
  readonly tokens: TokenManager;
  readonly audit: AuditLogger;
  readonly validator: InputValidator;
  readonly logins: LoginGuard;
  readonly #limiter: RateLimiter;

  constructor({
    policy = new SecurityPolicy(),
    tokens,
    audit,
    revocations,
    clock = systemClock,
  }: SecurityManagerOptions) {
    this.policy = policy;
    this.tokens =
      tokens instanceof TokenManager
        ? tokens
        : new TokenManager(tokens, { tokenLifetimeMs: policy.sessionTimeoutMs, revocations, clock });
    this.audit = audit ?? new AuditLogger({ clock });
    this.validator = new InputValidator(policy);
    this.logins = new LoginGuard(policy, { clock });
    this.#limiter = new RateLimiter(policy, { clock });
  }

  /**
   * Who holds this token, within the rate limit of that user.
   * @throws SecurityError `auth.required`, `auth.forbidden` (also written to the audit) or `rate.limited`
   */
  async authorize(token: string, permission?: string): Promise<TokenData> {
    const verdict = await this.tokens.verifyToken(token);
    if (!verdict.isValid) throw new SecurityError('auth.required', 'A valid token is required');
    const user = verdict.tokenData;
    const admission = this.checkRateLimit(user.userId);
    if (!admission.allowed) throw new SecurityError('rate.limited', 'Too many calls', admission.retryAfterMs);
    if (permission !== undefined && !user.permissions.includes(permission)) {
      await this.audit.logAccessDenied(user.userId, permission, { reason: 'permission missing' });
      throw new SecurityError('auth.forbidden', `The permission ${permission} is required`);
    }
    return user;
  }

  /** Counts a call of `key` against the policy's rate limits. */
  checkRateLimit(key: string): Admission {
    return this.#limiter.check(key);
  }

  /**
   * Wrapper and method decorator: the function is called only with a good token; it finds `caller.user` filled in.
   * `const protectedEndpoint = manager.requireAuth()(endpoint)`.
   */
  requireAuth(): Protector {
    return this.#protect(undefined);
  }

  /** As `requireAuth`, and the token must carry `permission`. */
  requirePermission(permission: string): Protector {
    return this.#protect(permission);
  }

  /** A Fastify `onRequest` hook: checks the bearer token, answers 401, 403 or 429, else sets `request.user`. */
  authHook(permission?: string): BearerHook {
    return bearerHook((token) => this.authorize(token, permission));
  }

  /**
   * Validates a command, path or e-mail address as it came, and gives back its sanitized text. Plain text is always
   * valid.
   */
  validateAndSanitize(
    input: string,
    kind: 'command' | 'path' | 'email' | 'text' = 'text',
  ): { isValid: true; sanitized: string } | { isValid: false; error: string } {
    const sanitized = this.validator.sanitizeInput(input);
    const verdict = this.#validate(input, kind);
    return verdict.isValid ? { isValid: true, sanitized } : verdict;
  }

  #validate(input: string, kind: 'command' | 'path' | 'email' | 'text') {
    switch (kind) {
      case 'command':
        return this.validator.validateCommand(input);
      case 'path':
        return this.validator.validatePath(input);
      case 'email':
        return this.validator.validateEmail(input);
      case 'text':
        return { isValid: true } as const;
    }
  }

  #protect(permission: string | undefined): Protector {
    const authorize = (token: string) => this.authorize(token, permission);
    return (fn) =>
      async function (caller, ...args) {
        const user = await authorize(caller.token);
        return fn.call(this, { ...caller, user }, ...args);
      };
  }
}

/** The program's one manager, for those who want one: the first call must give its options. */
export const getSecurityManager = singleton((options?: SecurityManagerOptions) => {
  if (!options) throw new TypeError('The first getSecurityManager() must say which secret or tokens to use');
  return new SecurityManager(options);
});
