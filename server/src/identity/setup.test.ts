import { routes } from '@hearth/contract';
import { afterEach, expect, it } from 'vitest';
import { handledRoutes } from '../testing/declared.ts';
import { familyOfPath, readRefusal } from '../testing/refusal.ts';
import { startTestApp, type TestApp, type TestAppOptions } from '../testing/test-app.ts';

let test: TestApp;
const start = async (options: TestAppOptions) => {
  test = await startTestApp(options);
  return test;
};
afterEach(() => test.close());

const person = {
  email: 'First@Hearth.test',
  password: 'long enough',
  name: 'First',
  language: 'ru' as const,
};
const refusal = (code: string) => expect.objectContaining({ code });

it('answers nothing but health and set-up until there is an administrator', async () => {
  const { app, url, clientOf } = await start({ setUp: false });
  const health = ['GET /health', 'GET /health/live', 'GET /health/ready'];
  const open = [...health, 'GET /api/v1/setup', 'POST /api/v1/setup', 'POST /api/v1/nodes/enrol'];
  for (const [name, { method, path }] of handledRoutes(app).filter(([name]) => !open.includes(name))) {
    const isPublic = name.endsWith('/auth/login');
    const body = isPublic ? JSON.stringify({ email: person.email, password: 'x' }) : undefined;
    const headers = { 'content-type': 'application/json', authorization: 'Bearer whatever' };
    const response = await fetch(url + path, { method, headers, body });
    const family = familyOfPath(path);
    const code = family === 'mlflow' ? 'PERMISSION_DENIED' : 'setup.required';
    expect(readRefusal(family, await response.text()).code, name).toBe(code);
    expect(response.status, name).toBe(403);
  }
  expect(await clientOf()(routes.system.health, {})).toMatchObject({ status: 'healthy' });
  expect(await clientOf()(routes.identity.setupState, {})).toMatchObject({ needed: true });
});

it('creates exactly one administrator, by the one-time token, even when asked ten times at once', async () => {
  const { clientOf, setup } = await start({ setUp: false });
  const anonymous = clientOf();
  const wrong = anonymous(routes.identity.setUp, { body: { ...person, token: 'guess' } });
  await expect(wrong).rejects.toEqual(refusal('setup.wrong_token'));
  const token = setup.token()!;
  const body = { ...person, token, alert_email: 'alerts@hearth.test' };
  const outcomes = await Promise.allSettled(
    Array.from({ length: 10 }, () => anonymous(routes.identity.setUp, { body })),
  );
  const won = outcomes.filter((outcome) => outcome.status === 'fulfilled');
  expect(won).toHaveLength(1);
  for (const lost of outcomes.filter((outcome) => outcome.status === 'rejected'))
    expect(lost.reason).toEqual(refusal('setup.done'));
  const session = won[0]!.value;
  expect(session.user).toMatchObject({ email: 'first@hearth.test', role: 'admin', language: 'ru' });
  const admin = clientOf(session.access_token);
  expect(await admin(routes.identity.settings, {})).toEqual({ alert_email: 'alerts@hearth.test' });
  expect(await anonymous(routes.identity.setupState, {})).toMatchObject({ needed: false });
  expect(setup.token()).toBeUndefined();
});

it('is open to keys of the settings while the administrator is still awaited', async () => {
  const { clientOf } = await start({ setUp: false, config: { apiKeys: ['a key of the settings'] } });
  const me = await clientOf('a key of the settings')(routes.identity.me, {});
  expect(me.user).toBeNull();
  expect(await clientOf()(routes.identity.setupState, {})).toMatchObject({ needed: true });
  await expect(clientOf()(routes.identity.me, {})).rejects.toEqual(refusal('auth.required'));
});

it('sets itself up unattended', async () => {
  const admin = { email: 'ops@hearth.test', password: 'from the settings' };
  const { clientOf } = await start({ setUp: false, config: { admin } });
  const session = await clientOf()(routes.identity.login, { body: admin });
  expect(session.user).toMatchObject({ email: 'ops@hearth.test', role: 'admin' });
});
