import { routes } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApp, type TestApp, testAdmin } from '../testing/test-app.ts';

let test: TestApp;
let now = Date.now();
beforeAll(async () => {
  test = await startTestApp({ clock: () => new Date(now), config: { trustProxy: ['127.0.0.1'] } });
});
afterAll(() => test.close());

const login = (email: string, password: string, address: string) =>
  test.clientOf()(
    routes.identity.login,
    { body: { email, password } },
    { headers: { 'x-forwarded-for': address } },
  );
const refused = (code: string) => expect.objectContaining({ code });

it('says the same of a wrong password and of an unknown person, and takes as long', async () => {
  const timed = async (email: string) => {
    const started = performance.now();
    await expect(login(email, 'wrong', `10.0.0.${Math.floor(started) % 250}`)).rejects.toEqual(
      refused('auth.wrong_credentials'),
    );
    return performance.now() - started;
  };
  await timed('warm@hearth.test');
  const unknown = Math.min(await timed('nobody1@hearth.test'), await timed('nobody2@hearth.test'));
  const known = await timed(testAdmin.email);
  expect(unknown).toBeGreaterThan(known * 0.4);
});

it('makes an address wait after three wrong passwords, twice as long each time, and nobody else', async () => {
  const wrong = () => login(testAdmin.email, 'wrong', '10.1.0.1');
  for (let i = 0; i < 3; i += 1) await expect(wrong()).rejects.toEqual(refused('auth.wrong_credentials'));
  const right = () => login(testAdmin.email, testAdmin.password, '10.1.0.1');
  await expect(right()).rejects.toMatchObject({
    code: 'auth.wait',
    status: 429,
    details: { retry_after: 60 },
  });
  expect((await login(testAdmin.email, testAdmin.password, '10.1.0.2')).user.role).toBe('admin');
  now += 61_000;
  await expect(wrong()).rejects.toEqual(refused('auth.wrong_credentials'));
  now += 61_000;
  await expect(right()).rejects.toMatchObject({ code: 'auth.wait', details: { retry_after: 59 } });
  now += 60_000;
  expect((await right()).user.role).toBe('admin');
});

it('lets no more through when the guesses come all at once', async () => {
  const outcomes = await Promise.allSettled(
    Array.from({ length: 12 }, () => login('many@hearth.test', 'wrong', '10.2.0.1')),
  );
  const codes = outcomes.map((one) =>
    one.status === 'rejected' ? (one.reason as { code: string }).code : 'in',
  );
  expect(codes.filter((code) => code === 'auth.wrong_credentials')).toHaveLength(3);
  expect(codes.filter((code) => code === 'auth.wait')).toHaveLength(9);
});

it('reads the whole password or none: what bcrypt would cut off does not count', async () => {
  const email = 'long@hearth.test';
  const password = 'x'.repeat(72);
  await test.client(routes.identity.createUser, { body: { email, password, name: 'L', role: 'user' } });
  await expect(login(email, `${password}y`, '10.3.0.1')).rejects.toEqual(refused('auth.wrong_credentials'));
  expect((await login(email, password, '10.3.0.1')).user.email).toBe(email);
});

it('keeps a blocked person out at once', async () => {
  const email = 'blocked@hearth.test';
  const body = { email, password: 'long enough', name: 'B', role: 'user' as const };
  const { id } = await test.client(routes.identity.createUser, { body });
  const { access_token } = await login(email, body.password, '10.4.0.1');
  const them = test.clientOf(access_token);
  expect((await them(routes.identity.me, {})).user?.email).toBe(email);
  await test.client(routes.identity.updateUser, { params: { id }, body: { is_active: false } });
  await expect(them(routes.identity.me, {})).rejects.toEqual(refused('auth.required'));
  await expect(login(email, body.password, '10.4.0.1')).rejects.toEqual(refused('auth.wrong_credentials'));
});
