import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const folder = fileURLToPath(new URL('../examples/', import.meta.url));
const examples = globSync('*/*.ts', { cwd: folder }).sort();
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'home-'));
  vi.stubEnv('HOME', home);
  vi.stubEnv('TMPDIR', home);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true });
});

describe('examples', () => {
  it('use every tool that is published', async () => {
    const texts = examples.map((example) => readFileSync(join(folder, example), 'utf8')).join('\n');
    const clocks = ['ManualClock', 'sleep', 'systemClock'];
    for (const subpath of ['monitoring', 'reliability', 'performance', 'security', 'features']) {
      const names = Object.keys(await import(`./${subpath}/index.ts`));
      const unused = names.filter(
        (name) => !clocks.includes(name) && !new RegExp(`\\b${name}\\b`).test(texts),
      );
      expect.soft(unused, subpath).toEqual([]);
    }
  });

  it.each(examples)('%s', async (example) => {
    await import(/* @vite-ignore */ pathToFileURL(join(folder, example)).href);
  });
});
