import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { createLog } from '../platform/log.ts';
import { readManifest } from './manifest.ts';
import { Manifests } from './manifests.ts';

const entry = (name: string, over: object = {}) => ({ name, runtime: { type: 'python' }, ...over });
const read = (...scripts: unknown[]) => readManifest(JSON.stringify({ scripts }));

it('reads what the product brings', async () => {
  const folder = join(import.meta.dirname, '../../../scripts');
  const log = createLog('silent');
  const own = { origin: 'built-in' as const, folder, label: 'scripts/manifest.json' };
  const { scripts, problems } = await new Manifests([own], log).read();
  expect(problems).toEqual([]);
  expect([...scripts.keys()]).toEqual([
    'data_collector.py',
    'multi_model_trainer.py',
    'predictor.py',
    'inference.py',
  ]);
});

it('leaves out what is wrong, says what, and keeps the rest', () => {
  const timeout = (min: number, max: number, usual: number | null = null) => ({ min, max, default: usual });
  const cases: [unknown, RegExp][] = [
    [entry('../up.py'), /^\.\.\/up\.py: name: /],
    [entry('a.py', { surprise: 1 }), /^a\.py: Unrecognized key/],
    [entry('a.py', { runtime: { type: 'shell' } }), /^a\.py: runtime\.type: /],
    [entry('a.py', { entry: '../../etc/passwd' }), /no path below/],
    [entry('a.py', { entry: '/bin/sh' }), /no path below/],
    [entry('a.py', { entry: '.hidden.py' }), /no path below/],
    [entry('a.py', { working_directory: '..' }), /no path below/],
    [entry('a.py', { modes: { values: ['x'], default: 'y', via: 'argument' } }), /modes\.default is none/],
    [entry('a.py', { timeout: timeout(9, 5) }), /timeout\.min is larger/],
    [entry('a.py', { timeout: timeout(1, 5, 6) }), /timeout\.default is not between/],
    [entry('a.py', { options: [{ name: 'x', type: 'choice' }] }), /x is a choice without choices/],
    [
      entry('a.py', {
        options: [
          { name: 'x', type: 'string' },
          { name: 'x', type: 'string' },
        ],
      }),
      /x stands there twice/,
    ],
    [entry('good.py'), /^good\.py: stands there twice$/],
    [7, /^script 2: /],
  ];
  for (const [wrong, message] of cases) {
    const { entries, problems } = read(entry('good.py'), wrong);
    expect(
      entries.map(({ name }) => name),
      String(message),
    ).toEqual(['good.py']);
    expect(problems).toEqual([expect.stringMatching(message)]);
  }
  expect(readManifest('{').problems).toEqual([expect.stringMatching(/^is no JSON: /)]);
  expect(readManifest('{"scripts": [], "more": 1}').problems).toHaveLength(1);
  expect(readManifest('null').problems).toHaveLength(1);
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hearth-manifests-'));
  return () => rm(folder, { recursive: true, force: true });
});

it('is read again when it changes, and never replaces a built-in script', async () => {
  const [builtIn, own] = [await mkdtemp(join(folder, 'a')), await mkdtemp(join(folder, 'b'))];
  const manifests = new Manifests(
    [
      { origin: 'built-in', folder: builtIn, label: 'A' },
      { origin: 'own', folder: own, label: 'B' },
    ],
    createLog('silent'),
  );
  const write = (where: string, ...scripts: unknown[]) =>
    writeFile(join(where, 'manifest.json'), JSON.stringify({ scripts }));
  expect((await manifests.read()).problems).toEqual([expect.stringMatching(/^A: cannot be read/)]);
  await write(builtIn, entry('one.py'));
  expect([...(await manifests.read()).scripts.keys()]).toEqual(['one.py']);
  expect((await manifests.read()).problems).toEqual([]);
  await write(own, entry('two.py'), entry('one.py', { runtime: { type: 'executable' } }));
  const both = await manifests.read();
  expect([...both.scripts.values()].map(({ origin, manifest }) => [origin, manifest.name])).toEqual([
    ['built-in', 'one.py'],
    ['own', 'two.py'],
  ]);
  expect(both.scripts.get('one.py')!.manifest.runtime.type).toBe('python');
  expect(both.problems).toEqual([expect.stringMatching(/^B: one\.py: there is a built-in script/)]);
  expect(await manifests.read()).toBe(both);
  await rm(join(own, 'manifest.json'));
  expect([...(await manifests.read()).scripts.keys()]).toEqual(['one.py']);
});
