import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLog, readLogSince, rotateLog } from './log-file.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hearth-log-'));
});
afterEach(() => rm(dir, { recursive: true }));

test('cuts a large log under a writer that keeps its descriptor, and keeps the older lines', async () => {
  const path = join(dir, 'logs', 'postgres.log');
  const writer = await openLog(path);
  await writer.write('old line\n'.repeat(20));
  expect(await rotateLog(path, 100)).toBe(true);
  await writer.write('new line\n');
  await writer.close();
  expect(await readFile(path, 'utf8')).toBe('new line\n');
  expect(await readFile(`${path}.1`, 'utf8')).toBe('old line\n'.repeat(20));
});

test('leaves a small or missing log alone', async () => {
  expect(await rotateLog(join(dir, 'none.log'), 10)).toBe(false);
});

test('reads only what came after a position', async () => {
  const path = join(dir, 'postgres.log');
  const writer = await openLog(path);
  await writer.write('before\nafter\n');
  await writer.close();
  expect(await readLogSince(path, 7)).toBe('after\n');
});
