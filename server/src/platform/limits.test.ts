import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { ErrorBody, routes } from '@hearth/contract';
import { expect, it } from 'vitest';
import { startTestApp, type TestApp, type TestAppOptions } from '../testing/test-app.ts';

async function withApp(options: TestAppOptions, use: (url: string, test: TestApp) => Promise<void>) {
  const test = await startTestApp(options);
  try {
    await use(test.url, test);
  } finally {
    await test.close();
  }
}

it('slows an address that asks too often, in the envelope of the family', async () => {
  await withApp({ config: { rateLimitPerMinute: 3 } }, async (url) => {
    for (let i = 0; i < 3; i += 1) expect((await fetch(`${url}/api/v1/setup`)).status).toBe(200);
    const refused = await fetch(`${url}/api/v1/setup`);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ error: { code: 'request.rate_limited' } });
  });
});

it('slows one who is known to ask too often, from wherever, and counts others by themselves', async () => {
  await withApp({ config: { rateLimitPerCaller: 3 } }, async (url, { adminToken, client }) => {
    const { key } = await client(routes.identity.createKey, {
      body: { name: 'ci', scopes: ['jobs.read'] },
    });
    const ask = (token: string) =>
      fetch(`${url}/api/v1/jobs`, { headers: { authorization: `Bearer ${token}` } });
    const statuses: number[] = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await ask(adminToken)).status);
    expect(statuses).toEqual([200, 200, 429]);
    const refused = await ask(adminToken);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask(key)).status).toBe(200);
  });
});

it('counts those who fail to prove who they are by their address', async () => {
  await withApp({ config: { rateLimitPerMinute: 3 } }, async (url) => {
    const statuses: number[] = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await fetch(`${url}/api/v1/jobs`)).status);
    statuses.push((await fetch(`${url}/nowhere`)).status);
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
  });
});

it('limits sign-in more than the rest, whoever is tried', async () => {
  await withApp({ config: { rateLimitPerMinute: 0 } }, async (url) => {
    const statuses: number[] = [];
    for (let i = 0; i < 61; i += 1) {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
      statuses.push((await fetch(`${url}/api/v1/auth/login`, init)).status);
    }
    expect(new Set(statuses.slice(0, 60))).toEqual(new Set([400]));
    expect(statuses.at(-1)).toBe(429);
  });
});

it('answers other origins only where the settings name them', async () => {
  const asked = (url: string, origin: string) =>
    fetch(`${url}/api/v1/setup`, { headers: { origin } }).then(({ headers }) =>
      headers.get('access-control-allow-origin'),
    );
  await withApp({}, async (url) => expect(await asked(url, 'https://app.test')).toBeNull());
  await withApp({ config: { corsOrigins: ['https://app.test'] } }, async (url) => {
    expect(await asked(url, 'https://app.test')).toBe('https://app.test');
    expect(await asked(url, 'https://evil.test')).toBeNull();
    const preflight = await fetch(`${url}/api/v1/me`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.test', 'access-control-request-method': 'PATCH' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-methods')).toContain('PATCH');
  });
});

it('answers what is no HTTP request in its own envelope, and goes on', async () => {
  await withApp({}, async (url) => {
    const { port } = new URL(url);
    const answerTo = async (bytes: string) => {
      const socket = connect(Number(port), '127.0.0.1');
      await once(socket, 'connect');
      socket.write(bytes);
      const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
      return { status: head.split(' ')[1], code: ErrorBody.parse(JSON.parse(body)).error.code };
    };
    const bad = { status: '400', code: 'request.invalid' };
    for (const bytes of ['true', 'GET / HTTP/9\r\n\r\n', 'POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n'])
      expect(await answerTo(`${bytes}\r\n\r\n`)).toEqual(bad);
    const head = `GET / HTTP/1.1\r\nx: ${'y'.repeat(70_000)}\r\n\r\n`;
    expect(await answerTo(head)).toEqual({ status: '413', code: 'request.too_large' });
    expect((await fetch(`${url}/api/v1/setup`)).status).toBe(200);
  });
});
