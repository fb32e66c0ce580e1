import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { prepareBinaries, shareBinaries } from './binaries.ts';
import { runProgram } from './run-program.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hearth-binaries-'));
});
afterEach(() => rm(dir, { recursive: true }));

test('the programs run with links made by us, in an environment without locale and secrets', async () => {
  const { postgres, initdb, env } = await prepareBinaries(join(dir, 'lib'), { shared: false });
  expect(Object.keys(env).sort()).toEqual(['LD_LIBRARY_PATH', 'PATH']);
  for (const program of [postgres, initdb]) {
    expect((await runProgram(program, ['--version'], { env })).output).toMatch(/PostgreSQL\) 18\.\d/);
  }
});

async function smallPackage(): Promise<string> {
  const native = join(dir, 'native');
  await mkdir(join(native, 'bin'), { recursive: true, mode: 0o700 });
  await mkdir(join(native, 'lib'));
  await writeFile(join(native, 'bin', 'postgres'), '#!/bin/sh\n', { mode: 0o700 });
  await writeFile(join(native, 'lib', 'libpq.so.5.18'), 'library', { mode: 0o600 });
  await writeFile(join(native, 'lib', 'libpq.a'), 'for linking only');
  const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
  await writeFile(join(native, 'pg-symlinks.json'), JSON.stringify(links));
  return native;
}

test('the shared copy is readable by everyone and writable by its owner, once, however many ask', async () => {
  const source = { native: await smallPackage(), version: '18.4' };
  const shared = join(dir, 'shared');
  const made = await Promise.all([1, 2, 3].map(() => shareBinaries(source, shared)));
  expect(new Set(made).size).toBe(1);
  expect(await readdir(shared)).toHaveLength(1);
  const mode = async (...path: string[]) => (await stat(join(made[0]!, ...path))).mode & 0o777;
  expect([await mode(), await mode('bin', 'postgres'), await mode('lib', 'libpq.so.5.18')]).toEqual([
    0o755, 0o755, 0o644,
  ]);
  expect(await readFile(join(made[0]!, 'lib', 'libpq.so.5'), 'utf8')).toBe('library');
  expect(await readdir(join(made[0]!, 'lib'))).not.toContain('libpq.a');
});
