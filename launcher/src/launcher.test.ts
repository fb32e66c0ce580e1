import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { hasEnded, stopPostmaster } from './postgres/postmaster.ts';

const LAUNCHER = join(import.meta.dirname, 'testing', 'programs', 'launcher.ts');
const REAL_MAIN = join(import.meta.dirname, 'main.ts');

interface Started {
  child: ChildProcess;
  output: () => string;
  exited: Promise<number | null>;
}

let home: string;
let started: Started[];

function start(env: NodeJS.ProcessEnv = {}, args: string[] = [], script = LAUNCHER): Started {
  const child = spawn(process.execPath, [script, ...args], {
    env: { PATH: process.env.PATH, HOME: home, HEARTH_HOME: home, API_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += chunk;
    });
  }
  const one = { child, output: () => output, exited: once(child, 'close').then(([code]) => code) };
  started.push(one);
  return one;
}

const says = (one: Started, pattern: RegExp, timeout = 15_000) =>
  expect.poll(one.output, { timeout, interval: 20 }).toMatch(pattern);

async function startAll(env: NodeJS.ProcessEnv = {}, args: string[] = []) {
  const one = start(env, args);
  await says(one, /agent facts/);
  const url = /ready at (\S+)/.exec(one.output())![1]!.replace('localhost', '127.0.0.1');
  const agent = JSON.parse(/agent facts (.*)/.exec(one.output())![1]!);
  return { ...one, url, agent };
}

const Answer = z.object({ pid: z.number(), database: z.string(), keys: z.string().optional() });
const ask = async (url: string) => Answer.parse(await (await fetch(url)).json());

const postmasterPid = async () =>
  Number((await readFile(join(home, 'postgres/data/postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0]);

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hearth-launcher-'));
  started = [];
});
afterEach(async () => {
  for (const { child } of started) if (child.exitCode === null) child.kill('SIGKILL');
  const pid = await postmasterPid();
  if (pid) await stopPostmaster(join(home, 'postgres', 'data'), pid);
  await rm(home, { recursive: true, force: true });
});

test('starts all three, shows the link, and stops them in the reverse order', async () => {
  const house = await startAll({}, ['--api-keys', 'a,b']);
  expect(house.output()).toMatch(/Create the administrator here.*\n\s+http:\S+setup#token=once/);
  expect(await ask(house.url)).toMatchObject({ database: 'hearth', keys: 'a,b' });
  expect(house.agent).toMatchObject({ token: join(home, 'local-agent.token') });
  expect(house.agent.database).toBeUndefined();
  const postgres = await postmasterPid();
  house.child.kill('SIGINT');
  expect(await house.exited).toBe(0);
  expect(house.output()).toMatch(
    /agent stops: SIGTERM[\s\S]*server stops: SIGTERM[\s\S]*launcher \| stopped/,
  );
  expect(await hasEnded(postgres, 0)).toBe(true);
  const file = await readFile(join(home, 'logs', 'hearth.log'), 'utf8');
  expect(file).toMatch(/^\S+Z launcher \| starting on/);
  expect(file).not.toContain('token=once');
});

test('a Telegram bot with a token is one of the house, and is started again', async () => {
  const house = await startAll({ BOT_TOKEN: '1:x' }, ['--api-keys', 'a,b']);
  await says(house, /bot facts/);
  const facts = JSON.parse(/bot facts (.*)/.exec(house.output())![1]!);
  expect(facts).toMatchObject({ token: '1:x', key: 'a', url: house.url });
  process.kill(facts.pid, 'SIGKILL');
  await says(house, new RegExp(`bot facts (?!.*"pid":${facts.pid},)`));
  house.child.kill('SIGINT');
  expect(await house.exited).toBe(0);
  expect(house.output()).toMatch(/bot stops: SIGTERM[\s\S]*agent stops: SIGTERM/);
});

test('what is killed comes back, alone, and on the same port', async () => {
  const house = await startAll();
  const before = await ask(house.url);

  process.kill(before.pid, 'SIGKILL');
  const killedAt = performance.now();
  await expect
    .poll(
      () =>
        ask(house.url).then(
          ({ pid }) => pid !== before.pid,
          () => false,
        ),
      { interval: 20 },
    )
    .toBe(true);
  expect(performance.now() - killedAt).toBeLessThan(2_000);
  const after = await ask(house.url);

  process.kill(await postmasterPid(), 'SIGKILL');
  await says(house, /PostgreSQL ended \(SIGKILL\); starting again in 100 ms/);
  await expect
    .poll(() => ask(house.url), { timeout: 5_000, interval: 20 })
    .toMatchObject({ database: 'hearth' });
  expect((await ask(house.url)).pid).toBe(after.pid);

  process.kill(house.agent.pid, 'SIGKILL');
  await says(house, new RegExp(`agent facts (?!.*"pid":${house.agent.pid},).*"server":${after.pid}`));
});

test('when the launcher is killed, its programs leave, and the next start adopts the database', async () => {
  const house = await startAll();
  const { pid } = await ask(house.url);
  const postgres = await postmasterPid();
  house.child.kill('SIGKILL');
  expect(await hasEnded(pid, 5_000)).toBe(true);
  expect(await hasEnded(house.agent.pid, 5_000)).toBe(true);
  const next = await startAll();
  expect(next.output()).toContain(`adopted PostgreSQL, process ${postgres}`);
  next.child.kill('SIGTERM');
  expect(await next.exited).toBe(0);
  expect(await hasEnded(postgres, 0)).toBe(true);
});

test('a second start says who holds the directory, and changes nothing', async () => {
  const house = await startAll();
  const second = start();
  expect(await second.exited).toBe(1);
  expect(second.output()).toMatch(
    new RegExp(
      `^Hearth already runs on ${home}: process ${house.child.pid}, since 20\\S+Z, at http://localhost:\\d+\\..*\\n$`,
    ),
  );
  expect(await ask(house.url)).toMatchObject({ database: 'hearth' });
});

test('a program that does not want to stop is killed when one asks again', async () => {
  const house = await startAll({ TEST_SERVER: 'stubborn' });
  house.child.kill('SIGINT');
  await says(house, /server stops/);
  await new Promise((resolve) => setTimeout(resolve, 800));
  const askedAgainAt = performance.now();
  house.child.kill('SIGINT');
  expect(await house.exited).toBe(0);
  expect(performance.now() - askedAgainAt).toBeLessThan(5_000);
});

test('a server that never comes up is given up, with its own words in view', async () => {
  const house = start({ TEST_SERVER: 'broken', DATABASE_URL: 'postgresql://127.0.0.1:1/none' });
  expect(await house.exited).toBe(1);
  expect(house.output()).toMatch(/server {3}\| the setting FOO is wrong/);
  expect(house.output()).not.toContain('postgres |');
  expect(house.output()).toMatch(/the server ended \(code 1\)\n$/);
});

test('the real main refuses what it does not know, and explains itself', async () => {
  const wrong = start({}, ['--prot', '9'], REAL_MAIN);
  expect(await wrong.exited).toBe(1);
  expect(wrong.output()).toMatch(/^Unknown option '--prot'/);
  const help = start({}, ['--help'], REAL_MAIN);
  expect(await help.exited).toBe(0);
  expect(help.output()).toContain('HEARTH_HOME');
});
