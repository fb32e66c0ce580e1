import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type LiveMessage, LiveMessage as LiveMessageSchema, liveSocketPath, routes } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addOwnScripts } from './testing/own-scripts.ts';
import { apiKey, type Product, startProduct, until } from './testing/product.ts';

/** Scripts on the product as it starts: a real server, a real agent, real programs. */
const admin = { email: 'admin@hearth.test', password: 'correct horse battery' };
const { scripts, jobs } = routes;
let product: Product;
beforeAll(async () => {
  product = await startProduct({ HEARTH_ADMIN_EMAIL: admin.email, HEARTH_ADMIN_PASSWORD: admin.password });
  await addOwnScripts(product.home);
  const isAble = async () =>
    (await product.client(routes.nodes.list, {})).some(({ status }) => status === 'online');
  await until('an agent being there', isAble, 30_000);
});
afterAll(async () => {
  await product?.stop();
});

const run = (script_name: string, args: string[] = [], timeout: number | null = null) =>
  product.client(scripts.run, { body: { script_name, args, timeout } });
const start = (script_name: string, body: object = {}) =>
  product.client(scripts.start, { params: { script_name }, body });
const stateOf = async (id: string) => (await product.client(jobs.get, { params: { id } })).state;
const outputOf = async (id: string, stream: 'stdout' | 'stderr' = 'stdout') =>
  (await product.client(jobs.output, { params: { id, stream } })).text();
/** Whether it can still do anything: one that is dead and waits for its parent to notice cannot. */
function isAlive(pid: number): boolean {
  try {
    const state = /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1];
    return state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
}

it('runs a script, with what it is told and nothing it should not know', async () => {
  const result = await run('environment.py', ['--a', "it's b"]);
  expect(result).toMatchObject({ status: 'completed', return_code: 0, stderr: '' });
  const told = JSON.parse(result.stdout) as {
    environment: Record<string, string>;
    arguments: string[];
    folder: string[];
  };
  expect(told.arguments).toEqual(['--a', "it's b"]);
  expect(told.folder).toContain('manifest.json');
  expect(told.environment).toMatchObject({ GREETING: 'hello', HEARTH_URL: product.url });
  const secrets = ['API_KEYS', 'DATABASE_URL', 'HEARTH_ADMIN_PASSWORD', 'HEARTH_LOCAL_TOKEN_FILE'];
  expect(Object.keys(told.environment).filter((name) => secrets.includes(name))).toEqual([]);
  expect(result.stdout).not.toContain(apiKey);
});

it('shows what it writes while it writes, to those who watch and to those who follow', async () => {
  const { access_token } = await product.client(routes.identity.login, { body: admin });
  const socket = new WebSocket(product.url.replace('http', 'ws') + liveSocketPath);
  const messages: LiveMessage[] = [];
  socket.onmessage = ({ data }) => messages.push(LiveMessageSchema.parse(JSON.parse(String(data))));
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'authenticate', access_token }));
  const { run_id: id } = await start('counter.py', { args: ['15'] });
  socket.send(JSON.stringify({ type: 'subscribe', topic: `job:${id}` }));
  const followed = await product.client(jobs.output, {
    params: { id, stream: 'stdout' },
    query: { follow: 'true' },
  });
  const pieces: { text: string; isRunning: boolean }[] = [];
  for await (const bytes of followed.body!)
    pieces.push({ text: Buffer.from(bytes).toString(), isRunning: (await stateOf(id)) === 'running' });
  const whole = Array.from({ length: 15 }, (_, index) => `line ${index}\n`).join('');
  expect(pieces.map(({ text }) => text).join('')).toBe(whole);
  expect(pieces.filter(({ isRunning }) => isRunning).length).toBeGreaterThan(5);
  const seen = messages.flatMap((message) => (message.type === 'job.output' ? message.pieces : []));
  expect(seen.filter(({ stream }) => stream === 'stdout').length).toBeGreaterThan(5);
  expect(seen.filter(({ stream }) => stream === 'stderr').length).toBeGreaterThan(5);
  socket.close();
  expect(await outputOf(id, 'stderr')).toContain('note 14\n');
});

it('is failed when it exits with another code than 0, and says so with its stderr', async () => {
  expect(await run('failing.py')).toMatchObject({
    status: 'failed',
    return_code: 1,
    stdout: 'before\n',
    stderr: 'it went wrong\n',
    error: expect.any(String) as string,
  });
});

it('cancels one that forks, hides and ignores SIGTERM: all of it dead within 5 s, and only then told', async () => {
  const { run_id: id } = await start('monster.py');
  const pids = await until(
    'the monster having told of all its processes',
    async () => {
      const found = [...(await outputOf(id)).matchAll(/^(\w+) (\d+)$/gm)];
      return found.length === 4 && found.map(([, , pid]) => Number(pid));
    },
    20_000,
  );
  // The one in a session of its own ends by itself, leaving its child to others.
  expect(pids.filter(isAlive).length).toBeGreaterThanOrEqual(3);
  const orderedAt = performance.now();
  const { message } = await product.client(scripts.cancel, { params: { script_name: 'monster.py' } });
  const tookMs = performance.now() - orderedAt;
  expect(pids.filter(isAlive)).toEqual([]);
  expect(message).toBe('Скрипт monster.py отменен');
  expect(tookMs).toBeLessThan(5_000);
  expect(await product.client(scripts.getRun, { params: { run_id: id } })).toMatchObject({
    status: 'cancelled',
  });
  // The script may be run again at once.
  await start('monster.py');
  await product.client(scripts.cancel, { params: { script_name: 'monster.py' } });
});

it('kills one whose time is up, at most 1 s late', async () => {
  const result = await run('sleeper.py', [], 1);
  expect(result).toMatchObject({ status: 'failed', stdout: 'asleep\n', error: expect.any(String) as string });
  const tookMs = Date.parse(result.completed_at!) - Date.parse(result.started_at!);
  expect(tookMs).toBeGreaterThanOrEqual(1_000);
  expect(tookMs).toBeLessThan(2_000);
  const { error } = await product.client(jobs.get, { params: { id: result.run_id } });
  expect(error?.code).toBe('job.timeout');
});

it('keeps of a gigabyte its beginning and its end, and says how much is missing', async () => {
  const { status, stdout } = await run('printer.py');
  expect(status).toBe('completed');
  expect(stdout.length).toBeLessThan(11_000_000);
  expect(stdout.length).toBeGreaterThan(9_000_000);
  expect(stdout.startsWith('block 0\n0123456789')).toBe(true);
  expect(stdout.endsWith('\nthe end\n')).toBe(true);
  const written = 1024 * 1024 * 1024 + 8 + 1024 * 7 + [...Array(1024).keys()].join('').length;
  const [mark, missing = ''] = /\n\[… (\d+) bytes are left out here …\]\n/.exec(stdout) ?? [];
  expect(stdout.length - mark!.length + Number(missing)).toBe(written);
});

it('goes on when server and page are gone, and is there afterwards', async () => {
  const abort = new AbortController();
  const asked = product.client(
    scripts.run,
    { body: { script_name: 'counter.py', args: ['10'] } },
    { signal: abort.signal },
  );
  asked.catch(() => undefined);
  const params = { script_name: 'counter.py' };
  const status = async () => (await product.client(scripts.status, { params })).data.status;
  await until('the run', async () => (await status()) === 'running', 10_000);
  abort.abort();
  await until('its end', async () => (await status()) === 'completed', 20_000);
});
