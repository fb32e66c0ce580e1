import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureLocalToken } from './local-token.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hearth-token-'));
});
afterEach(() => rm(home, { recursive: true }));

test('is made once, long, and for our eyes only', async () => {
  const path = await ensureLocalToken(home);
  const token = await readFile(path, 'utf8');
  expect(token.trim()).toMatch(/^[\w-]{43}$/);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await ensureLocalToken(home);
  expect(await readFile(path, 'utf8')).toBe(token);
});

test('an empty file left by a full disk is replaced', async () => {
  await writeFile(join(home, 'local-agent.token'), '');
  expect((await readFile(await ensureLocalToken(home), 'utf8')).trim()).toHaveLength(43);
});
