import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/folder.ts';
import { keptMs, removeOldCode } from './old-code.ts';

const now = Date.parse('2030-01-01T00:00:00Z');
const name = (letter: string) => letter.repeat(64);

/** A folder with bundles, each last used so long ago. */
async function setUp(agesMs: Record<string, number>) {
  const folder = await temporaryFolder();
  for (const [bundle, ageMs] of Object.entries(agesMs)) {
    const path = join(folder, bundle);
    mkdirSync(join(path, 'sub'), { recursive: true });
    writeFileSync(join(path, 'sub/run.py'), 'print(1)', { mode: 0o555 });
    utimesSync(path, (now - ageMs) / 1000, (now - ageMs) / 1000);
  }
  return folder;
}

it('removes what nobody has used for long, and nothing that a job on this node uses', async () => {
  const hourMs = 60 * 60 * 1000;
  const folder = await setUp({
    [name('a')]: keptMs + hourMs,
    [name('b')]: keptMs - hourMs,
    [name('c')]: 10 * keptMs,
    [`${name('d')}.1.new`]: 25 * hourMs,
    [`${name('d')}.2.new`]: hourMs,
    'not ours': 10 * keptMs,
  });
  const inUse = () => new Set([name('c')]);
  expect(await removeOldCode({ folder, inUse, now })).toEqual([name('a')]);
  expect(readdirSync(folder).sort()).toEqual([name('b'), name('c'), `${name('d')}.2.new`, 'not ours'].sort());
  expect(await removeOldCode({ folder, inUse, now })).toEqual([]);
});
