export { type Clock, systemClock } from '../clock.ts';
export type { SqlQuery } from '../storage/sql-query.ts';
export {
  type AuditEvent,
  type AuditFilter,
  AuditLogger,
  type AuditLoggerOptions,
  type AuditStore,
  FileAuditStore,
  getAuditLogger,
} from './audit-logger.ts';
export type { BearerHook } from './bearer-hook.ts';
export { escapeHtml, InputValidator } from './input-validator.ts';
export { LoginGuard, type LoginGuardOptions } from './login-guard.ts';
export { PasswordValidator } from './password-validator.ts';
export { PostgresAuditStore } from './postgres-audit-store.ts';
export { type Admission, RateLimiter, type RateLimiterOptions } from './rate-limiter.ts';
export { FileRevocationStore, type RevocationStore } from './revocations.ts';
export {
  type Caller,
  getSecurityManager,
  SecurityError,
  SecurityManager,
  type SecurityManagerOptions,
} from './security-manager.ts';
export { SecurityPolicy } from './security-policy.ts';
export {
  type TokenData,
  type TokenKey,
  TokenManager,
  type TokenManagerOptions,
  type TokenVerdict,
} from './token-manager.ts';
export type { Verdict } from './verdict.ts';
