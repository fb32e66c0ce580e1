import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestDatabase, testDatabase } from '@hearth/launcher/testing';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';

const Ready = z.object({ type: z.literal('ready'), url: z.string(), setupUrl: z.string().optional() });
const children: ChildProcess[] = [];
let home: string;
let database: TestDatabase;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'hearth-main-'));
  database = await testDatabase();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  await database.drop();
  await rm(home, { recursive: true });
});

function start(env: Record<string, string> = {}, args: string[] = []) {
  const settings = { DATABASE_URL: database.url, HEARTH_HOME: home, API_HOST: '127.0.0.1', API_PORT: '0' };
  const child = fork(join(import.meta.dirname, 'main.ts'), args, {
    cwd: home,
    env: { PATH: process.env.PATH, ...settings, ...env },
    execArgv: [],
    silent: true,
  });
  children.push(child);
  const output = { text: '' };
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk) => {
      output.text += String(chunk);
    });
  const exited = once(child, 'exit').then(([code]) => code as number);
  const ready = () =>
    Promise.race([
      once(child, 'message').then(([message]) => Ready.parse(message)),
      exited.then((code) => Promise.reject(new Error(`ended with ${code}: ${output.text}`))),
    ]);
  return { child, output, exited, ready };
}

it('starts, says where and how to set it up, keeps secrets out of the log, and stops when told', async () => {
  const server = start({ LOG_LEVEL: 'debug' }, ['--api-keys', 'key of the line']);
  const { url, setupUrl } = await server.ready();
  expect(setupUrl).toMatch(new RegExp(`^${url}/setup#token=[\\w-]{32}$`));
  const headers = { authorization: 'Bearer key of the line', 'x-api-key': 'other secret' };
  expect((await fetch(`${url}/api/v1/me?token=secret-in-query`, { headers })).status).toBe(200);
  server.child.kill('SIGTERM');
  expect(await server.exited).toBe(0);
  expect(server.output.text).toContain('/api/v1/me');
  expect(server.output.text).not.toMatch(/key of the line|other secret|secret-in-query/);
});

it('stops when its launcher goes away, with a socket still open', async () => {
  const server = start();
  const { url } = await server.ready();
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/ws`);
  await once(socket, 'open');
  server.child.disconnect();
  expect(await server.exited).toBe(0);
});

it('answers what it has begun before it stops', async () => {
  const server = start({ HEARTH_ADMIN_EMAIL: 'a@hearth.test', HEARTH_ADMIN_PASSWORD: 'long enough' });
  const { url, setupUrl } = await server.ready();
  expect(setupUrl).toBeUndefined();
  const answer = fetch(`${url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'a@hearth.test', password: 'long enough' }),
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  server.child.kill('SIGINT');
  expect((await answer).status).toBe(200);
  expect(await server.exited).toBe(0);
});

it('names the port that is taken', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const server = start({ API_PORT: String(port) });
  expect(await server.exited).toBe(1);
  expect(server.output.text).toContain(`Port ${port} is taken by another program`);
  expect(server.output.text).toContain('API_PORT');
  expect(server.output.text).not.toMatch(/\n +at /);
  other.close();
});

it.each([
  ['is missing', { DATABASE_URL: '' }, /^hearth server: DATABASE_URL: .*npm start/m],
  [
    'names no database',
    { DATABASE_URL: 'nowhere' },
    /^hearth server: .*DATABASE_URL names refuses us: .*nowhere/m,
  ],
  [
    'is weak',
    { HEARTH_ADMIN_EMAIL: 'a@hearth.test', HEARTH_ADMIN_PASSWORD: 'short' },
    /HEARTH_ADMIN_PASSWORD: /,
  ],
])('names the setting that %s', async (_name, env: Record<string, string>, sentence) => {
  if (env.DATABASE_URL) env.DATABASE_URL = database.url.replace(/test_\w+/, env.DATABASE_URL);
  const server = start(env);
  const code = await server.exited;
  expect(server.output.text).toMatch(sentence);
  expect(code).toBe(1);
});
