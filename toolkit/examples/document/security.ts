/** Section 4 of the document. */
import assert from 'node:assert/strict';
import {
  type Caller,
  getAuditLogger,
  getSecurityManager,
  InputValidator,
  PasswordValidator,
  SecurityPolicy,
  TokenManager,
} from '@hearth/toolkit/security';

const policy = new SecurityPolicy();
policy.minPasswordLength = 12;
policy.maxLoginAttempts = 3;

const passwords = new PasswordValidator(new SecurityPolicy());
assert.equal(passwords.validate('MyPassword123!').isValid, true);
const { hash, salt } = await passwords.hashPassword('MyPassword123!');
assert.equal(await passwords.verifyPassword('MyPassword123!', hash, salt), true);

const tokens = new TokenManager('secret_key_123', { tokenLifetimeMs: 3_600_000 });
const token = await tokens.generateToken('user_1', ['read', 'write']);
const verdict = await tokens.verifyToken(token);
assert(verdict.isValid && verdict.tokenData.userId === 'user_1');
await tokens.revokeToken(token);
assert.equal((await tokens.verifyToken(token)).isValid, false);

const validator = new InputValidator(new SecurityPolicy());
assert.equal(validator.validateCommand('ls -la').isValid, true);
assert.equal(validator.validatePath('/home/user/file.txt').isValid, true);
assert.equal(validator.sanitizeInput('text '), 'text');

const audit = getAuditLogger();
await audit.logLogin('user_1', { success: true, ipAddress: '192.168.1.1' });
await audit.logCommandExecution('user_1', 'ls -la', { success: true });
const events = await audit.getRecentEvents({ limit: 100 });
assert(events.length >= 2);

const manager = getSecurityManager({ tokens: 'secret_key_123' });
const protectedEndpoint = manager.requireAuth()(async (caller: Caller) => caller.user?.userId);
const adminEndpoint = manager.requirePermission('admin')(async (_caller: Caller) => 'secret');
const reader = await manager.tokens.generateToken('user_1', ['read']);
assert.equal(await protectedEndpoint({ token: reader }), 'user_1');
await assert.rejects(adminEndpoint({ token: reader }), { code: 'auth.forbidden' });
assert.equal(manager.validateAndSanitize('ls -la', 'command').isValid, true);
