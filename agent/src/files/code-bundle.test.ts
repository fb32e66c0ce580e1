import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/folder.ts';
import { BadBundle, isSafe, materializeCode } from './code-bundle.ts';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

async function setUp(texts: Record<string, string>) {
  const folder = await temporaryFolder();
  const blobs = join(folder, 'blobs');
  await mkdir(blobs);
  const fetched: string[] = [];
  const files = await Promise.all(
    Object.entries(texts).map(async ([path, text]) => {
      await writeFile(join(blobs, digest(text)), text);
      return { path, sha256: digest(text), sizeBytes: Buffer.byteLength(text) };
    }),
  );
  const lines = files.map(({ path, sha256 }) => `${sha256}  ${path}\n`).sort();
  const bundle = { digest: digest(lines.join('')), files };
  const fetch = async ({ sha256 }: { sha256: string }) => {
    fetched.push(sha256);
    return join(blobs, sha256);
  };
  const make = () => materializeCode({ folder: join(folder, 'code'), bundle, fetch });
  return { folder, bundle, fetched, make };
}

it('lays a bundle down once, for all who want it at the same time', async () => {
  const { folder, bundle, fetched, make } = await setUp({
    'a b/-c.py': 'print(1)',
    empty: '',
    'x.sh': '#!/bin/sh',
  });
  const [path, same] = await Promise.all([make(), make()]);
  expect(same).toBe(path);
  expect(await readdir(join(folder, 'code'))).toEqual([bundle.digest]);
  expect((await readdir(path ?? '', { recursive: true })).sort()).toEqual([
    'a b',
    'a b/-c.py',
    'empty',
    'x.sh',
  ]);
  expect((await stat(join(path ?? '', 'x.sh'))).mode & 0o777).toBe(0o555);
  const before = fetched.length;
  await utimes(path ?? '', 1, 1);
  await make();
  expect(fetched).toHaveLength(before);
  // When it was used last can be seen.
  expect(Date.now() - (await stat(path ?? '')).mtimeMs).toBeLessThan(60_000);
});

it('lays down anew what a program has changed or removed', async () => {
  const { make } = await setUp({ a: 'one', b: 'two', c: 'three' });
  const path = await make();
  await chmod(join(path, 'a'), 0o644);
  await writeFile(join(path, 'a'), 'ONE');
  await rm(join(path, 'b'));
  await make();
  expect(await readFile(join(path, 'a'), 'utf8')).toBe('one');
  expect(await readFile(join(path, 'b'), 'utf8')).toBe('two');
});

it('leaves nothing behind when a file cannot be had, and refuses paths that lead out', async () => {
  const { folder, bundle } = await setUp({ a: 'one' });
  const code = join(folder, 'code');
  const fetch = async () => {
    throw new Error('gone');
  };
  await expect(materializeCode({ folder: code, bundle, fetch })).rejects.toThrow('gone');
  expect(await readdir(code)).toEqual([]);
  for (const path of ['../a', '/a', 'a/../../b', '', '.', 'a//b', 'a\0b', 'a\\b', './a']) {
    expect(isSafe(path)).toBe(false);
    const files = [{ path, sha256: digest('one'), sizeBytes: 3 }];
    const crafted = { digest: digest(`${digest('one')}  ${path}\n`), files };
    await expect(materializeCode({ folder: code, bundle: crafted, fetch })).rejects.toBeInstanceOf(BadBundle);
  }
  const lying = { ...bundle, digest: digest('other') };
  await expect(materializeCode({ folder: code, bundle: lying, fetch })).rejects.toThrow('does not match');
  expect(await readdir(folder)).not.toContain('a');
});
