import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApp, type TestApp, testAdmin } from '../testing/test-app.ts';

let test: TestApp;
let now = Date.now();
beforeAll(async () => {
  test = await startTestApp({ clock: () => new Date(now) });
});
afterAll(() => test.close());

const post = (path: string, cookie?: string, headers: Record<string, string> = {}, body?: object) =>
  fetch(`${test.url}/api/v1/auth/${path}`, {
    method: 'POST',
    headers: {
      ...headers,
      ...(cookie ? { cookie } : {}),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    body: body && JSON.stringify(body),
  });
const cookieOf = (response: Response) => response.headers.getSetCookie()[0]!.split(';', 1)[0]!;
const signIn = async () => cookieOf(await post('login', undefined, {}, testAdmin));
const refresh = (cookie?: string, headers?: Record<string, string>) => post('refresh', cookie, headers);

it('keeps the refresh token where no script and no other site reaches it', async () => {
  const response = await post('login', undefined, {}, testAdmin);
  const [header] = response.headers.getSetCookie();
  expect(header).toMatch(
    /^hearth_refresh=[\w-]{43}; Max-Age=2592000; Path=\/api\/v1\/auth; HttpOnly; SameSite=Strict$/,
  );
  expect(JSON.stringify(await response.json())).not.toContain(cookieOf(response).split('=')[1]);
});

it('rotates: each cookie is good for one trade', async () => {
  const first = await signIn();
  const traded = await refresh(first);
  expect(traded.status).toBe(200);
  expect(await traded.json()).toMatchObject({ user: { email: testAdmin.email } });
  const second = cookieOf(traded);
  expect(second).not.toBe(first);
  expect((await refresh(second)).status).toBe(200);
});

it('lets one of fifty parallel refreshes win and keeps the session', async () => {
  const cookie = await signIn();
  const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(cookie)));
  const winners = answers.filter((answer) => answer.status === 200);
  expect(winners).toHaveLength(1);
  expect(answers.filter((answer) => answer.status === 401)).toHaveLength(49);
  for (const loser of answers.filter((answer) => answer.status === 401))
    expect(loser.headers.getSetCookie()).toEqual([]);
  expect((await refresh(cookieOf(winners[0]!))).status).toBe(200);
});

it('ends the whole line when an old token comes back later', async () => {
  const stolen = await signIn();
  const next = cookieOf(await refresh(stolen));
  now += 6_000;
  expect((await refresh(stolen)).status).toBe(401);
  expect((await refresh(next)).status).toBe(401);
  await test.audit.flush();
  expect(await test.audit.list(1, undefined, 'refresh_token.reused')).toMatchObject([
    { actor: testAdmin.email, success: false },
  ]);
});

it('refuses no token, invented ones, expired ones, and those of an ended session', async () => {
  expect((await refresh()).status).toBe(401);
  expect((await refresh(`hearth_refresh=${randomBytes(32).toString('base64url')}`)).status).toBe(401);
  const ended = await signIn();
  expect((await post('logout', ended)).headers.getSetCookie()[0]).toContain('hearth_refresh=;');
  expect((await refresh(ended)).status).toBe(401);
  const late = await signIn();
  now += 31 * 24 * 3600 * 1000;
  expect((await refresh(late)).status).toBe(401);
});

it('is closed to other origins', async () => {
  const cookie = await signIn();
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.test' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ];
  for (const headers of foreign) {
    const answer = await refresh(cookie, headers);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ error: { code: 'auth.origin_refused' } });
    expect((await post('logout', cookie, headers)).status).toBe(403);
  }
  expect((await refresh(cookie, { origin: test.url, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
});
