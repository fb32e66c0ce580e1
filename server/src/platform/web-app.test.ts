import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

let test: TestApp;
let dist: string;
beforeAll(async () => {
  dist = await mkdtemp(join(tmpdir(), 'hearth-dist-'));
  await mkdir(join(dist, 'assets'));
  await writeFile(join(dist, 'index.html'), '<!doctype html><title>The app</title>');
  await writeFile(join(dist, 'assets/index-abc123.js'), 'export {};');
  await writeFile(join(dist, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(dist, '..', `${dist.split('/').at(-1)}.secret`), 'outside');
  test = await startTestApp({ config: { webDist: dist, trustProxy: ['127.0.0.1'] } });
});
afterAll(async () => {
  await test.close();
  await rm(dist, { recursive: true });
  await rm(`${dist}.secret`);
});

const get = (path: string, headers: Record<string, string> = { accept: 'text/html' }) =>
  fetch(test.url + path, { headers });

it('serves the app on every page a browser may open', async () => {
  for (const path of ['/', '/setup', '/runs/sess_0123456789ab', '/models/a.b']) {
    const page = await get(path);
    expect(page.status, path).toBe(200);
    expect(await page.text(), path).toContain('The app');
    expect(page.headers.get('cache-control'), path).toBe('no-cache');
  }
});

it('keeps hashed files for a year, and others fresh', async () => {
  const script = await get('/assets/index-abc123.js', {});
  expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(script.headers.get('content-type')).toContain('javascript');
  expect((await get('/favicon.svg', {})).headers.get('cache-control')).toBe('no-cache');
});

it('gives JSON 404s to all else', async () => {
  const cases = ['/api/v1/nope', '/v1/nope', '/assets/gone.js', '/healthy', '/nope'];
  for (const path of cases) {
    const answer = await get(path, { accept: 'application/json' });
    expect(answer.status, path).toBe(404);
    expect(await answer.json(), path).toHaveProperty('error.code', 'route.not_found');
  }
  expect((await get('/assets/gone.js')).status).toBe(404);
  expect(
    (await fetch(`${test.url}/setup`, { method: 'POST', headers: { accept: 'text/html' } })).status,
  ).toBe(404);
});

it('stays inside its folder', async () => {
  const outside = `${dist.split('/').at(-1)}.secret`;
  for (const path of [`/..%2f${outside}`, `/assets/..%2f..%2f${outside}`, '/..%2f..%2fetc/passwd', '/%00'])
    expect(await (await get(path, {})).text(), path).not.toMatch(/outside|root:/);
});

it('is the health at / for those who ask for JSON', async () => {
  const answer = await get('/', { accept: 'application/json' });
  expect(await answer.json()).toMatchObject({ status: 'healthy', service: 'hearth' });
  expect(await (await get('/', { accept: '*/*' })).text()).toContain('The app');
});

it('forbids inline scripts, framing and foreign origins on every answer', async () => {
  for (const path of ['/', '/docs', '/health', '/api/v1/nope', '/assets/index-abc123.js']) {
    const { headers } = await get(path);
    const policy = headers.get('content-security-policy')!;
    expect(policy, path).toContain("default-src 'self'");
    expect(policy, path).toContain("frame-ancestors 'none'");
    expect(policy, path).not.toMatch(/unsafe|https?:|\*/);
    expect(headers.get('x-content-type-options'), path).toBe('nosniff');
    expect(headers.get('x-frame-options'), path).toBe('DENY');
    expect(headers.get('referrer-policy'), path).toBe('same-origin');
    expect(headers.get('strict-transport-security'), path).toBeNull();
    expect(headers.get('access-control-allow-origin'), path).toBeNull();
    expect(headers.get('x-powered-by'), path).toBeNull();
  }
});

it('demands TLS from then on where the request came by TLS', async () => {
  const { headers } = await get('/', { accept: 'text/html', 'x-forwarded-proto': 'https' });
  expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
});

it('serves its documentation from itself alone', async () => {
  for (const path of ['/docs', '/docs/docs.js', '/docs/docs.css']) {
    const answer = await get(path);
    const text = await answer.text();
    expect(answer.status, path).toBe(200);
    expect(text, path).not.toMatch(/(https?:)?\/\/[a-z0-9.-]+\.[a-z]{2,}|innerHTML|style=|onclick=|@import/i);
  }
  const page = await (await get('/docs')).text();
  const referred = [...page.matchAll(/(?:src|href)="([^"]+)"/g)]
    .map((match) => match[1]!)
    .filter((path) => path !== 'data:,');
  expect(referred.length).toBeGreaterThan(2);
  for (const path of referred) expect((await get(path)).status, path).toBe(200);
  expect(page).not.toMatch(/<script(?![^>]*src=)/);
});

it('says so where the app is not built', async () => {
  const bare = await startTestApp({ config: { webDist: '/nonexistent' } });
  try {
    const page = await fetch(bare.url, { headers: { accept: 'text/html' } });
    expect(page.status).toBe(503);
    expect(await page.text()).toContain('not built');
    expect((await fetch(`${bare.url}/health`)).status).toBe(200);
  } finally {
    await bare.close();
  }
});
