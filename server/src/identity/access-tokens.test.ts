import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { routes } from '@hearth/contract';
import { type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../testing/test-app.ts';
import { AccessTokens } from './access-tokens.ts';
import { loadSigningKey, type SigningKey } from './secrets.ts';

let test: TestApp;
let key: SigningKey;
let claims: JWTPayload;
beforeAll(async () => {
  test = await startTestApp();
  key = await loadSigningKey(test.config.home);
  const seconds = Math.floor(Date.now() / 1000);
  const { user } = await test.client(routes.identity.me, {});
  claims = { sub: user!.id, iss: 'hearth', aud: 'hearth-api', iat: seconds, exp: seconds + 60 };
});
afterAll(() => test.close());

const right = () => ({ alg: 'HS256', typ: 'at+jwt', kid: key.id });
const sign = (
  payload: JWTPayload,
  header: JWTHeaderParameters = right(),
  secret: Parameters<SignJWT['sign']>[0] = key.secret,
) => new SignJWT(payload).setProtectedHeader(header).sign(secret);
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const statusOf = async (token: string) =>
  (await fetch(`${test.url}/api/v1/me`, { headers: { authorization: `bEARer ${token}` } })).status;

it('accepts what we signed, in any case of the scheme', async () => {
  expect(await statusOf(await sign(claims))).toBe(200);
});

it('refuses every other token', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const [header, payload, signature] = (await sign(claims)).split('.');
  const { exp: _none, ...eternal } = claims;
  const hostile: Record<string, string> = {
    'alg none': `${encoded({ ...right(), alg: 'none' })}.${payload}.`,
    'alg none, with the signature': `${encoded({ ...right(), alg: 'None' })}.${payload}.${signature}`,
    'another secret': await sign(claims, right(), randomBytes(32)),
    'RS256 under our key id': await sign(claims, { ...right(), alg: 'RS256' }, privateKey),
    'HS512 with our secret': await sign(claims, { ...right(), alg: 'HS512' }),
    'an embedded key': await sign(claims, { ...right(), jwk: { kty: 'oct' } }, Buffer.alloc(32)),
    'a key address': await sign(claims, { ...right(), jku: 'http://127.0.0.1/k' }, randomBytes(32)),
    'another key id': await sign(claims, { ...right(), kid: 'other' }),
    'another audience': await sign({ ...claims, aud: 'elsewhere' }),
    'no audience': await sign({ ...claims, aud: undefined }),
    'another issuer': await sign({ ...claims, iss: 'elsewhere' }),
    'another type': await sign(claims, { ...right(), typ: 'JWT' }),
    expired: await sign({ ...claims, exp: claims.iat! - 1 }),
    'no expiry': await sign(eternal),
    'nobody known': await sign({ ...claims, sub: '00000000-0000-4000-8000-000000000000' }),
    'a changed payload': `${header}.${encoded({ ...claims, sub: 'x' })}.${signature}`,
    'no signature': `${header}.${payload}.`,
    'a subject that is no id': await sign({ ...claims, sub: "' or 1=1" }),
  };
  for (const [name, token] of Object.entries(hostile)) expect(await statusOf(token), name).toBe(401);
});

it('ends after a quarter of an hour, also for a token it has just accepted', async () => {
  let now = Date.now();
  const tokens = new AccessTokens(key, () => new Date(now));
  const { token, expiresAt } = await tokens.issue(String(claims.sub));
  expect(expiresAt.getTime() - now).toBeLessThanOrEqual(15 * 60_000);
  expect(await tokens.verify(token)).toBe(claims.sub);
  now = expiresAt.getTime() - 1;
  expect(await tokens.verify(token)).toBe(claims.sub);
  now += 1;
  expect(await tokens.verify(token)).toBeUndefined();
});

it('keeps the secret to its owner, and over a restart', async () => {
  expect((await stat(`${test.config.home}/server/secrets.json`)).mode & 0o777).toBe(0o600);
  expect(await loadSigningKey(test.config.home)).toEqual(key);
});
