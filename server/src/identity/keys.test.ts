import { type Permission, permissions, routes } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

let test: TestApp;
let now = Date.now();
const configured = 'a string of the settings';
beforeAll(async () => {
  test = await startTestApp({ clock: () => new Date(now), config: { apiKeys: ['other', configured] } });
});
afterAll(() => test.close());

const create = (scopes: (Permission | '*')[] = ['*'], expires_at?: string, client = test.client) =>
  client(routes.identity.createKey, { body: { name: 'A key', scopes, expires_at } });
const permissionsOf = async (key: string) => (await test.clientOf(key)(routes.identity.me, {})).permissions;
const me = (headers: Record<string, string>) => fetch(`${test.url}/api/v1/me`, { headers });
const refused = (code: string) => expect.objectContaining({ code });

it('shows a key once, and stores only its digest', async () => {
  const { key, hint } = await create();
  expect(key).toMatch(/^hk_[\w-]{43}$/);
  expect(key.startsWith(hint)).toBe(true);
  expect(await permissionsOf(key)).toEqual(permissions);
  const { rows } = await test.database.$client.query(
    'select row_to_json(api_keys)::text as row from api_keys',
  );
  expect(rows.length).toBeGreaterThan(0);
  for (const { row } of rows) expect(row).not.toContain(key.slice(9));
  expect(JSON.stringify(await test.client(routes.identity.listKeys, {}))).not.toContain(key);
});

it('accepts strings of the settings, X-API-Key, and lets Bearer win', async () => {
  expect(await permissionsOf(configured)).toEqual(permissions);
  expect((await me({ 'x-api-key': configured })).status).toBe(200);
  expect((await me({ authorization: `bearer ${configured}`, 'x-api-key': 'wrong' })).status).toBe(200);
  expect((await me({ authorization: 'Bearer wrong', 'x-api-key': configured })).status).toBe(401);
  expect((await me({ authorization: 'Basic abc', 'x-api-key': configured })).status).toBe(200);
});

it('ends with revocation at once, and with expiry to the second', async () => {
  const revoked = await create();
  expect(await permissionsOf(revoked.key)).toHaveLength(permissions.length);
  await test.client(routes.identity.revokeKey, { params: { id: revoked.id } });
  await expect(permissionsOf(revoked.key)).rejects.toEqual(refused('auth.required'));
  const again = test.client(routes.identity.revokeKey, { params: { id: revoked.id } });
  await expect(again).rejects.toEqual(refused('key.not_found'));

  const brief = await create(['*'], new Date(now + 2_000).toISOString());
  expect(await permissionsOf(brief.key)).toHaveLength(permissions.length);
  now += 2_001;
  await expect(permissionsOf(brief.key)).rejects.toEqual(refused('auth.required'));
});

it('may do what its scopes say', async () => {
  const { key } = await create(['audit.read']);
  const client = test.clientOf(key);
  expect((await client(routes.identity.audit, {})).items.length).toBeGreaterThan(0);
  await expect(client(routes.identity.listUsers, {})).rejects.toMatchObject({
    code: 'auth.forbidden',
    status: 403,
  });
});

it('never holds more than the person who made it', async () => {
  const body = { email: 'manager@hearth.test', password: 'long enough', name: 'M', role: 'manager' as const };
  const { id } = await test.client(routes.identity.createUser, { body });
  const { access_token } = await test.clientOf()(routes.identity.login, { body });
  const manager = test.clientOf(access_token);
  await expect(create(['users.manage'], undefined, manager)).rejects.toEqual(refused('auth.forbidden'));
  const { key } = await create(['*'], undefined, manager);
  expect(await permissionsOf(key)).not.toContain('users.manage');
  expect(await permissionsOf(key)).toContain('training.write');
  await test.client(routes.identity.updateUser, { params: { id }, body: { role: 'user' } });
  expect((await permissionsOf(key)).toSorted()).toEqual(['deployments.read', 'inference.use']);
  await test.client(routes.identity.updateUser, { params: { id }, body: { is_active: false } });
  await expect(permissionsOf(key)).rejects.toEqual(refused('auth.required'));
});

it('records every attempt: equal ones of a minute as one row with a count, failed ones too', async () => {
  const { key, id } = await create(['jobs.read']);
  for (let i = 0; i < 5; i += 1) await permissionsOf(key);
  await me({ authorization: 'Bearer hk_invented' });
  now += 60_000;
  await test.audit.flush();
  const { items } = await test.client(routes.identity.audit, { query: { action: 'key.used' } });
  const ofRoute = items.filter((row) => row.target === 'GET /api/v1/me');
  expect(ofRoute).toContainEqual(
    expect.objectContaining({ success: true, ip: '127.0.0.1', details: { count: 5 } }),
  );
  expect(ofRoute.some((row) => !row.success)).toBe(true);
  expect(JSON.stringify(items)).not.toContain(key);
  const keys = await test.client(routes.identity.listKeys, {});
  expect(keys.find((one) => one.id === id)?.last_used_at).not.toBeNull();
});
