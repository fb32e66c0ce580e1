import { expect, test } from 'vitest';
import { json, refusal, serverOf, sessionOf } from '../testing/mount.ts';
import { createAccess } from './access.ts';
import { createAuthorizedFetch } from './authorized-fetch.ts';

const path = 'POST /api/v1/auth/refresh';
const alone = <T>(work: () => Promise<T>): Promise<T> => work();

test('requests that come together share one renewal', async () => {
  let renewals = 0;
  const server = serverOf({ [path]: () => json(sessionOf(`token-${++renewals}`)) });
  const access = createAccess({ fetch: server.fetch, alone });
  access.accept(sessionOf('old', 1000));
  const tokens = await Promise.all(Array.from({ length: 20 }, () => access.token()));
  expect(new Set(tokens)).toEqual(new Set(['token-1']));
  expect(renewals).toBe(1);
});

test('a token with life left is used as it is', async () => {
  const server = serverOf({});
  const access = createAccess({ fetch: server.fetch, alone });
  access.accept(sessionOf('fresh'));
  expect(await access.token()).toBe('fresh');
  expect(server.asked).toEqual([]);
});

test('a device clock an hour ahead does not make every request renew', async () => {
  const hour = 3_600_000;
  const server = serverOf({
    [path]: () => {
      const answer = json(sessionOf('right'));
      answer.headers.set('date', new Date().toUTCString());
      return answer;
    },
  });
  const access = createAccess({ fetch: server.fetch, alone, now: () => Date.now() + hour });
  await access.renew();
  expect(await access.token()).toBe('right');
  expect(server.asked).toEqual([path]);
});

test('a refused renewal ends the session, a lost network does not', async () => {
  let answer: () => Response = () => {
    throw new TypeError('no network');
  };
  const access = createAccess({ fetch: serverOf({ [path]: () => answer() }).fetch, alone });
  const seen: unknown[] = [];
  access.accept(sessionOf('old'));
  access.onChange((session) => seen.push(session));
  await expect(access.renew()).rejects.toMatchObject({ code: 'network' });
  expect(seen).toEqual([]);
  answer = () => refusal(401, 'auth.required');
  await expect(access.renew()).rejects.toMatchObject({ code: 'auth.required' });
  expect(seen).toEqual([undefined]);
  expect(await access.token()).toBeUndefined();
});

test('a 401 in the middle renews and tries once more, with one renewal for all', async () => {
  let renewals = 0;
  const server = serverOf({
    [path]: () => json(sessionOf(`token-${++renewals}`)),
    'GET /api/v1/nodes': ({ headers }) =>
      headers.get('authorization') === 'Bearer token-1' ? json([]) : refusal(401, 'auth.required'),
  });
  const access = createAccess({ fetch: server.fetch, alone });
  access.accept(sessionOf('revoked'));
  const authorized = createAuthorizedFetch(access, server.fetch);
  const answers = await Promise.all([1, 2, 3].map(() => authorized('/api/v1/nodes')));
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
  expect(renewals).toBe(1);
});

test('where renewing is refused too, the caller gets the first refusal', async () => {
  const server = serverOf({
    [path]: () => refusal(401, 'auth.required'),
    'GET /api/v1/nodes': () => refusal(401, 'auth.required'),
  });
  const access = createAccess({ fetch: server.fetch, alone });
  access.accept(sessionOf('revoked'));
  const answer = await createAuthorizedFetch(access, server.fetch)('/api/v1/nodes');
  expect(answer.status).toBe(401);
  expect(server.asked.filter((name) => name === path)).toHaveLength(1);
});
