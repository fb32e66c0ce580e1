import { routes } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApp, type TestApp, testAdmin } from '../testing/test-app.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

const person = (email: string, role: 'user' | 'admin' = 'user') => ({
  email,
  password: 'long enough',
  name: email.split('@')[0]!,
  role,
});
const refused = (code: string) => expect.objectContaining({ code });
const create = (email: string, role?: 'admin') =>
  test.client(routes.identity.createUser, { body: person(email, role) });

it('pages people, newest first, without losing or repeating one', async () => {
  for (let i = 0; i < 5; i += 1) await create(`page${i}@hearth.test`);
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: 2, cursor, search: 'page' };
    const page = await test.client(routes.identity.listUsers, { query });
    seen.push(...page.items.map((user) => user.email));
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  expect(seen).toEqual([4, 3, 2, 1, 0].map((i) => `page${i}@hearth.test`));
  const { id } = (await test.client(routes.identity.me, {})).user!;
  const odd = await test.client(routes.identity.listUsers, { query: { search: '%' } });
  expect(odd.items).toEqual([]);
  for (const forged of ['x', '["0000-00-00",1]', JSON.stringify(['0000-01-01T00:00:00.000Z', id])]) {
    const query = { cursor: Buffer.from(forged).toString('base64url') };
    await expect(test.client(routes.identity.listUsers, { query })).rejects.toEqual(
      refused('request.invalid'),
    );
  }
});

it('refuses a second person with the same address, in whatever case', async () => {
  await create('twice@hearth.test');
  await expect(create('Twice@Hearth.test')).rejects.toEqual(refused('user.exists'));
});

it('keeps one administrator, also when two would step down at once', async () => {
  const other = await create('other@hearth.test', 'admin');
  const { user } = await test.client(routes.identity.me, {});
  const demote = (id: string) =>
    test.client(routes.identity.updateUser, { params: { id }, body: { role: 'user' } });
  const outcomes = await Promise.allSettled([demote(other.id), demote(user!.id)]);
  expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
  const { rows } = await test.database.$client.query(
    `select count(*)::int as n from users where role = 'admin'`,
  );
  expect(rows[0].n).toBe(1);
  await test.database.$client.query(`update users set role = 'admin' where id = $1`, [user!.id]);
  test.identity.forget();
});

it('changes a password only against the old one, and ends other sessions', async () => {
  const body = person('change@hearth.test');
  await create(body.email);
  const login = await fetch(`${test.url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const cookie = login.headers.getSetCookie()[0]!.split(';', 1)[0]!;
  const { access_token } = (await login.json()) as { access_token: string };
  const them = test.clientOf(access_token);
  const change = (current_password?: string) =>
    them(routes.identity.updateMe, { body: { password: 'another long one', current_password } });
  await expect(change()).rejects.toEqual(refused('auth.wrong_credentials'));
  await expect(change('guess')).rejects.toEqual(refused('auth.wrong_credentials'));
  await change(body.password);
  const refresh = await fetch(`${test.url}/api/v1/auth/refresh`, { method: 'POST', headers: { cookie } });
  expect(refresh.status).toBe(401);
  const again = { email: body.email, password: 'another long one' };
  expect((await test.clientOf()(routes.identity.login, { body: again })).user.email).toBe(body.email);
});

it('lets a person change their name and language, and nobody their role', async () => {
  const session = await test.clientOf()(routes.identity.login, { body: testAdmin });
  const changed = await test.clientOf(session.access_token)(routes.identity.updateMe, {
    body: { name: ' New ', language: 'zh' },
  });
  expect(changed).toMatchObject({ name: 'New', language: 'zh', role: 'admin' });
});

it('writes down what administrators did', async () => {
  await test.client(routes.identity.updateSettings, { body: { alert_email: 'a@hearth.test' } });
  const { items } = await test.client(routes.identity.audit, { query: { action: 'settings.updated' } });
  expect(items[0]).toMatchObject({ actor: testAdmin.email, details: { alert_email: 'a@hearth.test' } });
  const none = { alert_email: null };
  expect(await test.client(routes.identity.updateSettings, { body: none })).toEqual(none);
});
