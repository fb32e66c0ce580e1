import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tryLock, waitForLock } from './file-lock.ts';

let dir: string;
let path: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hearth-lock-'));
  path = join(dir, 'lock');
});
afterEach(() => rm(dir, { recursive: true }));

test('one holder at a time, and the next after release', () => {
  const first = tryLock(path);
  expect(first).toBeDefined();
  expect(tryLock(path)).toBeUndefined();
  first?.release();
  const second = tryLock(path);
  expect(second).toBeDefined();
  second?.release();
});

test('a holder that is killed holds nothing', async () => {
  const program = `const { tryLock } = await import(${JSON.stringify(new URL('./file-lock.ts', import.meta.url).href)});
    tryLock(${JSON.stringify(path)}); process.stdout.write('held'); setInterval(() => 0, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', program]);
  await once(holder.stdout, 'data');
  expect(await waitForLock(path, { timeoutMs: 60 })).toBeUndefined();
  holder.kill('SIGKILL');
  const lock = await waitForLock(path, { timeoutMs: 5_000 });
  expect(lock).toBeDefined();
  lock?.release();
});
