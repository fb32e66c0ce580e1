import { chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Held, kill, people, privateHome, startAs } from '../testing/person.ts';
import { lockFiles, postgresPaths } from './paths.ts';
import { hasEnded, stopPostmaster } from './postmaster.ts';

interface Word {
  url: string;
  socketDir: string;
  pid: number;
  adopted: boolean;
  refused: string;
}

const HOLD = new URL('../testing/hold-postgres.ts', import.meta.url);

async function query(url: string, sql: string) {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The server's processes, the server first. */
async function serverProcesses(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return [pid, ...children.trim().split(' ').filter(Boolean).map(Number)];
}

/** The last query's backend may end between being listed and being struck. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

describe.each(people)('as $name', (person) => {
  let home: string;
  let data: string;
  let held: Held<Word>[];

  const hold = (env?: NodeJS.ProcessEnv, at = home) => {
    const program = startAs<Word>(person, HOLD, [at], env);
    held.push(program);
    return program;
  };

  beforeEach(async () => {
    home = await privateHome(person);
    data = join(home, 'postgres', 'data');
    held = [];
  });
  afterEach(async () => {
    for (const { child } of held) await kill(child, 'SIGKILL');
    const pid = Number((await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0]);
    if (pid) await stopPostmaster(data, pid);
    await rm(home, { recursive: true, force: true });
  });

  test('makes a durable UTF-8 database behind a closed door, without LANG and whatever LC_ALL says', async () => {
    const first = hold();
    const { url, adopted, pid } = await first.next();
    expect(adopted).toBe(false);
    const show = async (name: string) => (await query(url, `SELECT current_setting('${name}') AS v`))[0].v;
    expect(await show('server_encoding')).toBe('UTF8');
    expect(await show('fsync')).toBe('on');
    expect(await show('listen_addresses')).toBe('');
    expect(await query(url, `SELECT upper('ёжик') AS up, current_user AS who`)).toEqual([
      { up: 'ЁЖИК', who: 'hearth' },
    ]);
    const owner = await stat(data);
    expect(owner.uid === 0).toBe(false);
    expect(owner.mode & 0o777).toBe(0o700);
    await query(url, 'CREATE TABLE kept AS SELECT 7 AS n');
    await kill(first.child, 'SIGTERM');
    expect(await hasEnded(pid, 0)).toBe(true);
    const again = await hold({ LANG: 'xx_YY.UTF-8', LC_ALL: 'ru_RU.KOI8-R' }).next();
    expect(await query(again.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  });

  test('after kill -9 of Node alone, the next start adopts the server', async () => {
    const first = hold();
    const { url, pid } = await first.next();
    await kill(first.child, 'SIGKILL');
    await query(url, 'CREATE TABLE kept AS SELECT 7 AS n');
    const second = hold();
    expect(await second.next()).toMatchObject({ pid, adopted: true, url });
    await kill(second.child, 'SIGTERM');
    expect(await hasEnded(pid, 0)).toBe(true);
  });

  test('after kill -9 of everything, nothing that was acknowledged is lost', async () => {
    const first = hold();
    const { url, pid } = await first.next();
    await query(url, 'CREATE TABLE kept AS SELECT n FROM generate_series(1, 1000) n');
    const all = await serverProcesses(pid);
    expect(all.length).toBeGreaterThan(3);
    first.child.kill('SIGKILL');
    for (const one of all) killIfThere(one);
    const second = await hold().next();
    expect(second.adopted).toBe(false);
    expect(await query(second.url, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 1000 }]);
  });

  test('after kill -9 of the server alone, under a client at work, it starts again', async () => {
    const first = hold();
    const { url, pid } = await first.next();
    const busy = expect(query(url, 'SELECT pg_sleep(60)')).rejects.toThrow();
    await expect
      .poll(() =>
        query(
          url,
          `SELECT 1 FROM pg_stat_activity WHERE query LIKE '%sleep(60)' AND pid <> pg_backend_pid()`,
        ),
      )
      .toHaveLength(1);
    process.kill(pid, 'SIGKILL');
    expect(await first.next()).toEqual({ ended: { code: null, signal: 'SIGKILL' } });
    await busy;
    expect(await hold().next()).toMatchObject({ adopted: false });
  });

  test.each([
    ['of a process that is gone', 3_999_999],
    ['that a stranger now has', process.pid],
  ])('a pid file left with the number %s is no obstacle', async (_, number) => {
    const first = hold();
    const { pid } = await first.next();
    const files = lockFiles(postgresPaths(home));
    const texts = await Promise.all(files.map((path) => readFile(path, 'utf8')));
    await kill(first.child, 'SIGTERM');
    expect(await hasEnded(pid, 0)).toBe(true);
    for (const [index, path] of files.entries()) {
      await writeFile(path, texts[index]!.replace(/^\d+/, String(number)));
    }
    expect(await hold().next()).toMatchObject({ adopted: false });
  });

  test('two starts at once end with one server', async () => {
    const words = await Promise.all([hold().next(), hold().next()]);
    expect(words[0].pid).toBe(words[1].pid);
    expect(words.filter(({ adopted }) => adopted)).toHaveLength(1);
  });

  test('an attempt that was cut short is begun again', async () => {
    await mkdir(join(home, 'postgres'), { mode: 0o700 });
    await mkdir(`${data}.unfinished`);
    await writeFile(join(`${data}.unfinished`, 'PG_VERSION'), '18\n');
    for (const path of [join(home, 'postgres'), `${data}.unfinished`])
      await chown(path, person.uid, person.gid);
    expect(await hold().next()).toMatchObject({ adopted: false });
  });

  test('another version of the data is refused in one sentence', async () => {
    const first = hold();
    await first.next();
    await kill(first.child, 'SIGTERM');
    await writeFile(join(data, 'PG_VERSION'), '17\n');
    const { refused } = await hold().next();
    expect(refused).toMatch(
      /^\S+\/postgres\/data was made by PostgreSQL 17 and this is PostgreSQL 18: .*DATABASE_URL.*\.$/,
    );
  });

  test('a directory too deep for a socket gets a short one elsewhere, and can be moved', async () => {
    const deep = join(home, 'd'.repeat(120));
    const first = hold({}, deep);
    const word = await first.next();
    expect(word.socketDir.startsWith(deep)).toBe(false);
    expect((await stat(word.socketDir)).mode & 0o777).toBe(0o700);
    expect(await query(word.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await kill(first.child, 'SIGTERM');
    await rm(word.socketDir, { recursive: true });
    await rename(join(deep, 'postgres'), join(home, 'postgres'));
    expect((await hold().next()).socketDir).toBe(join(home, 'postgres', 'socket'));
  });
});
