import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { routes } from '@hearth/contract';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { createLog } from '../platform/log.ts';
import { enrol } from '../testing/scripted-agent.ts';
import { digestOf } from '../testing/story.ts';
import { startTestApp, type TestApp } from '../testing/test-app.ts';
import { BlobsRepository } from './blobs.repository.ts';
import { BlobsService } from './blobs.service.ts';
import { CodeRepository } from './code.repository.ts';
import { CodeService, UnusableCode } from './code.service.ts';

let test: TestApp;
let folder: string;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hearth-code-'));
  return () => rm(folder, { recursive: true, force: true });
});

const service = (limits?: { files: number; bytes: number }) => {
  const store = join(test.config.home, 'server/store');
  const blobs = new BlobsService(store, new BlobsRepository(test.database), createLog('silent'));
  return new CodeService(new CodeRepository(test.database), blobs, systemClock, limits);
};
async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}
const stored = async () => {
  const query = 'select digest, path, sha256 from code_files order by digest, path';
  return (await test.database.$client.query(query)).rows as { digest: string; path: string }[];
};

it('names a folder by its files, and hands each of them to nodes', async () => {
  await put('run.py', 'print(1)\n');
  await put('lib/deep/part.py', 'x = 2\n');
  await put('lib/__pycache__/part.pyc', 'compiled');
  await put('.secret', 'no');
  const bundle = await service().bundle(folder);
  expect(bundle.files.map(({ path, sizeBytes }) => [path, sizeBytes])).toEqual([
    ['lib/deep/part.py', 6],
    ['run.py', 9],
  ]);
  const lines = bundle.files.map(({ path, sha256 }) => `${sha256}  ${path}\n`).sort();
  expect(bundle.digest).toBe(digestOf(lines.join('')));
  const { nodeToken } = await enrol(test);
  for (const [index, text] of ['x = 2\n', 'print(1)\n'].entries()) {
    const { sha256 } = bundle.files[index]!;
    const blob = await test.clientOf(nodeToken)(routes.jobs.getBlob, { params: { sha256 } });
    expect(await blob.text()).toBe(text);
  }
  expect((await stored()).filter(({ digest }) => digest === bundle.digest)).toHaveLength(2);
});

it('is the same for the same content, whatever its age, and another for another', async () => {
  await put('a.py', '1');
  await put('b.py', '2');
  const code = service();
  const first = await code.bundle(folder);
  await utimes(join(folder, 'a.py'), new Date(0), new Date(0));
  const rows = (await stored()).length;
  expect(await code.bundle(folder)).toEqual(first);
  expect(await service().bundle(folder)).toEqual(first);
  expect((await stored()).length).toBe(rows);
  await put('a.py', '3');
  const changed = await code.bundle(folder);
  expect(changed.digest).not.toBe(first.digest);
  const part = await code.bundle(folder, ['b.py']);
  expect(part.files.map(({ path }) => path)).toEqual(['b.py']);
  await expect(code.bundle(folder, ['c.py'])).rejects.toThrow(/no file c\.py/);
});

it('is stored once when many ask at a time', async () => {
  await put('a.py', 'many');
  const bundles = await Promise.all(Array.from({ length: 8 }, () => service().bundle(folder)));
  expect(new Set(bundles.map(({ digest }) => digest)).size).toBe(1);
  expect((await stored()).filter(({ digest }) => digest === bundles[0]!.digest)).toHaveLength(1);
});

it('takes links within the folder, and refuses those that lead out of it or nowhere', async () => {
  await put('lib/real.py', 'real');
  await symlink('lib/real.py', join(folder, 'alias.py'));
  const { files } = await service().bundle(folder);
  expect(files.map(({ path }) => path)).toEqual(['alias.py', 'lib/real.py']);
  expect(files[0]!.sha256).toBe(digestOf('real'));
  const name = join(folder, 'link');
  for (const target of ['/etc/passwd', '..', `${folder}-twin`, 'nowhere', 'lib']) {
    await symlink(target, name);
    await expect(service().bundle(folder), target).rejects.toBeInstanceOf(UnusableCode);
    await rm(name);
  }
});

it('is bounded in count and size, and says so when the folder is missing', async () => {
  for (const name of ['a', 'b', 'c']) await put(name, 'x'.repeat(10));
  await expect(service({ files: 2, bytes: 100 }).bundle(folder)).rejects.toThrow(/more than 2 files/);
  await expect(service({ files: 9, bytes: 29 }).bundle(folder)).rejects.toThrow(/more than 29 bytes/);
  expect((await service({ files: 3, bytes: 30 }).bundle(folder)).files).toHaveLength(3);
  await expect(service().bundle(join(folder, 'none'))).rejects.toThrow(/no folder/);
});
