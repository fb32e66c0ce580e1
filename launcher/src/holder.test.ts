import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HeldError, holdHome } from './holder.ts';

let home: string;
beforeEach(async () => {
  home = join(await mkdtemp(join(tmpdir(), 'hearth-holder-')), 'home');
});
afterEach(() => rm(join(home, '..'), { recursive: true }));

test('the second start says who holds the directory, since when, and where it serves', async () => {
  const first = await holdHome(home, new Date('2026-01-02T03:04:05Z'));
  await first.setUrl('http://localhost:8000');
  const second = holdHome(home, new Date());
  await expect(second).rejects.toThrow(HeldError);
  await expect(second).rejects.toThrow(
    `Hearth already runs on ${home}: process ${process.pid}, since 2026-01-02T03:04:05.000Z, at http://localhost:8000.`,
  );
  first.release();
  (await holdHome(home, new Date())).release();
});

test('a directory that cannot be made is one sentence', async () => {
  const file = join(home, '..', 'file');
  await writeFile(file, '');
  await expect(holdHome(join(file, 'home'), new Date())).rejects.toThrow(
    /^\S+\/file\/home can't be used as HEARTH_HOME: .*ENOTDIR.*\.$/,
  );
});
