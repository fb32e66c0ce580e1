import { createHmac, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { FileRevocationStore } from './revocations.ts';
import { TokenManager, type TokenManagerOptions } from './token-manager.ts';

const secret = 'a secret of more than thirty-two bytes';
let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tokens-'));
  file = join(folder, 'revocations.jsonl');
});
afterAll(() => rm(folder, { recursive: true }));

const newManager = (
  options: TokenManagerOptions = {},
  key: ConstructorParameters<typeof TokenManager>[0] = secret,
) => new TokenManager(key, { revocations: new FileRevocationStore(file, options.clock), ...options });
const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('TokenManager', () => {
  it('issues a JWT that says who and what, for an hour', async () => {
    const clock = new ManualClock();
    const manager = newManager({ clock });
    const token = await manager.generateToken('user_1', ['read', 'write']);
    expect(await manager.verifyToken(token)).toEqual({
      isValid: true,
      tokenData: {
        tokenId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        userId: 'user_1',
        permissions: ['read', 'write'],
        issuedAt: '2025-01-01T00:00:00.000Z',
        expiresAt: '2025-01-01T01:00:00.000Z',
      },
    });
    const other = await jwtVerify(token, new TextEncoder().encode(secret), {
      currentDate: new Date(clock.now()),
    });
    expect(other.protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT' });
    clock.skip(3_599_000);
    expect((await manager.verifyToken(token)).isValid).toBe(true);
    clock.skip(1000);
    expect(await manager.verifyToken(token)).toEqual({ isValid: false, error: 'token.expired' });
  });

  it('trap: a revoked token no longer verifies, nor after a restart', async () => {
    const manager = newManager();
    const [token, other] = [await manager.generateToken('user_1'), await manager.generateToken('user_1')];
    expect(await manager.revokeToken(token)).toBe(true);
    expect(await manager.verifyToken(token)).toEqual({ isValid: false, error: 'token.revoked' });
    expect((await manager.verifyToken(other)).isValid).toBe(true);
    const restarted = newManager();
    expect(await restarted.verifyToken(token)).toEqual({ isValid: false, error: 'token.revoked' });
    expect((await restarted.verifyToken(other)).isValid).toBe(true);
    expect(await manager.revokeToken('nonsense')).toBe(false);
  });

  it('forgets revocations once the token would have expired', async () => {
    const clock = new ManualClock();
    const own = join(folder, 'short.jsonl');
    const manager = newManager({ clock, revocations: new FileRevocationStore(own, clock) });
    await manager.revokeToken(await manager.generateToken('user_1'));
    clock.skip(3_600_001);
    await new FileRevocationStore(own, clock).has('any');
    expect(await readFile(own, 'utf8')).toBe('');
  });

  it('calls no token good while the revocations cannot be read', async () => {
    const blocked = join(folder, 'blocked');
    await writeFile(blocked, '');
    const manager = newManager({ revocations: new FileRevocationStore(join(blocked, 'x')) });
    const token = await manager.generateToken('user_1');
    await expect(manager.verifyToken(token)).rejects.toThrow();
    await expect(manager.revokeToken(token)).rejects.toThrow();
  });

  it('signs with Ed25519 too', async () => {
    const keys = generateKeyPairSync('ed25519');
    const manager = newManager({}, keys);
    const token = await manager.generateToken('user_1', ['admin']);
    expect(JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString())).toMatchObject({
      alg: 'EdDSA',
    });
    expect(await manager.verifyToken(token)).toMatchObject({
      isValid: true,
      tokenData: { permissions: ['admin'] },
    });
    const stranger = newManager({}, generateKeyPairSync('ed25519'));
    expect(await stranger.verifyToken(token)).toEqual({ isValid: false, error: 'token.malformed' });
    expect(() => newManager({}, generateKeyPairSync('rsa', { modulusLength: 2048 }))).toThrow(TypeError);
    expect(() => newManager({}, '')).toThrow(TypeError);
  });

  it('refuses forged tokens: none, another algorithm, another key, changed claims, missing claims', async () => {
    const keys = generateKeyPairSync('ed25519');
    const manager = newManager();
    const good = await manager.generateToken('user_1', ['read']);
    const [header, payload, signature] = good.split('.') as [string, string, string];
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const sign = (head: object, body: object, key: string | Buffer) => {
      const text = `${base64url(head)}.${base64url(body)}`;
      return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
    };
    const forged = [
      '',
      'a.b.c',
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${base64url({ alg: 'none' })}.${payload}.`,
      `${header}.${base64url({ ...claims, permissions: ['admin'] })}.${signature}`,
      sign({ alg: 'HS256' }, claims, 'another secret of thirty-two bytes'),
      sign({ alg: 'HS256' }, { sub: 'user_1' }, secret),
      sign({ alg: 'HS512' }, claims, secret),
    ];
    for (const token of forged)
      expect(await manager.verifyToken(token)).toEqual({ isValid: false, error: 'token.malformed' });
    const publicPem = keys.publicKey.export({ type: 'spki', format: 'pem' });
    const confused = sign({ alg: 'HS256' }, claims, publicPem);
    expect((await newManager({}, keys).verifyToken(confused)).isValid).toBe(false);
  });

  it('demands its issuer and audience', async () => {
    const named = newManager({ issuer: 'a', audience: 'b' });
    expect((await named.verifyToken(await named.generateToken('u'))).isValid).toBe(true);
    expect((await named.verifyToken(await newManager({ issuer: 'a' }).generateToken('u'))).isValid).toBe(
      false,
    );
    expect((await named.verifyToken(await newManager().generateToken('u'))).isValid).toBe(false);
  });
});
