import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { type AuditEvent, AuditLogger } from './audit-logger.ts';
import type { RevocationStore } from './revocations.ts';
import { type Caller, getSecurityManager, SecurityError, SecurityManager } from './security-manager.ts';
import { SecurityPolicy } from './security-policy.ts';

const secret = 'a secret of more than thirty-two bytes';

const begin = () => {
  const clock = new ManualClock();
  const events: AuditEvent[] = [];
  const revoked = new Set<string>();
  const revocations: RevocationStore = {
    add: async (id) => void revoked.add(id),
    has: async (id) => revoked.has(id),
  };
  const store = { append: async (event: AuditEvent) => void events.push(event), recent: async () => events };
  const policy = new SecurityPolicy();
  const audit = new AuditLogger({ store, clock });
  const manager = new SecurityManager({ tokens: secret, policy, audit, revocations, clock });
  return { clock, events, policy, manager };
};

const endpoint = async (caller: Caller, item: string) => `${caller.user?.userId} gets ${item}`;

describe('SecurityManager', () => {
  it('requireAuth lets good tokens in only, and says who came', async () => {
    const { clock, manager } = begin();
    const guarded = manager.requireAuth()(endpoint);
    const token = await manager.tokens.generateToken('user_1');
    expect(await guarded({ token }, 'tea')).toBe('user_1 gets tea');
    await expect(guarded({ token: 'x' }, 'tea')).rejects.toMatchObject({
      code: 'auth.required',
      statusCode: 401,
    });
    clock.skip(3_600_000);
    await expect(guarded({ token }, 'tea')).rejects.toThrow(SecurityError);
  });

  it('a caller cannot name himself', async () => {
    const { manager } = begin();
    const forged = {
      token: '',
      user: { userId: 'root', permissions: [], tokenId: '', issuedAt: '', expiresAt: '' },
    };
    await expect(manager.requireAuth()(endpoint)(forged, 'all')).rejects.toThrow('valid token');
  });

  it('requirePermission refuses who lacks it, and writes that down', async () => {
    const { manager, events } = begin();
    const guarded = manager.requirePermission('admin')(endpoint);
    const [reader, admin] = await Promise.all([
      manager.tokens.generateToken('user_1', ['read']),
      manager.tokens.generateToken('user_2', ['admin']),
    ]);
    expect(await guarded({ token: admin }, 'keys')).toBe('user_2 gets keys');
    await expect(guarded({ token: reader }, 'keys')).rejects.toMatchObject({
      code: 'auth.forbidden',
      statusCode: 403,
    });
    expect(events).toMatchObject([
      { type: 'access_denied', userId: 'user_1', details: { resource: 'admin' } },
    ]);
  });

  it('enforces the rate limits of the policy', async () => {
    const { manager, policy } = begin();
    policy.rateLimitPerMinute = 2;
    const token = await manager.tokens.generateToken('user_1');
    await manager.authorize(token);
    await manager.authorize(token);
    await expect(manager.authorize(token)).rejects.toMatchObject({
      code: 'rate.limited',
      retryAfterMs: 60_000,
    });
    await manager.authorize(await manager.tokens.generateToken('user_2'));
  });

  it('validates and sanitizes', () => {
    const { manager } = begin();
    expect(manager.validateAndSanitize(' ls --all ', 'command')).toEqual({
      isValid: true,
      sanitized: 'ls --all',
    });
    expect(manager.validateAndSanitize('rm  -rf /', 'command').isValid).toBe(false);
    expect(manager.validateAndSanitize('../x', 'path').isValid).toBe(false);
    expect(manager.validateAndSanitize('a@b.co', 'email').isValid).toBe(true);
    expect(manager.validateAndSanitize('a\0b')).toEqual({ isValid: true, sanitized: 'ab' });
  });

  it('is a hook of Fastify', async () => {
    const { manager, policy } = begin();
    policy.rateLimitPerMinute = 3;
    const app = Fastify();
    app.decorateRequest('user', null);
    app.get(
      '/me',
      { onRequest: manager.authHook() },
      async (request) => (request as { user?: unknown }).user,
    );
    app.get('/admin', { onRequest: manager.authHook('admin') }, async () => 'secret');
    const token = await manager.tokens.generateToken('user_1', ['read']);
    const get = (url: string, authorization?: string) =>
      app.inject({ url, headers: authorization ? { authorization } : {} });
    expect((await get('/me', `Bearer ${token}`)).json()).toMatchObject({
      userId: 'user_1',
      permissions: ['read'],
    });
    const unknown = await get('/me');
    expect([unknown.statusCode, unknown.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    const forbidden = await get('/admin', `Bearer ${token}`);
    expect([forbidden.statusCode, forbidden.json()]).toMatchObject([
      403,
      { error: { code: 'auth.forbidden' } },
    ]);
    await get('/me', `bearer ${token}`);
    const limited = await get('/me', `Bearer ${token}`);
    expect([limited.statusCode, limited.headers['retry-after']]).toEqual([429, '60']);
    await app.close();
  });

  it('is one per program when asked for so, made with a secret', () => {
    expect(() => getSecurityManager()).toThrow(TypeError);
    expect(getSecurityManager({ tokens: secret })).toBe(getSecurityManager());
  });
});
