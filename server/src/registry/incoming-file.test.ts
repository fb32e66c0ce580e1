import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { receiveFile } from './incoming-file.ts';

it('leaves no file of streams that fail at once, later or before they are read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hearth-incoming-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const sources = Array.from({ length: 60 }, (_, index) => {
    const source = new Readable({ read: () => undefined });
    source.on('error', () => undefined);
    if (index % 2 === 0) source.push('some');
    const cut = () => source.destroy(new Error('cut'));
    if (index % 3 === 0) cut();
    else if (index % 3 === 1) setImmediate(cut);
    else setTimeout(cut, 20);
    return receiveFile(source, folder, 1_000);
  });
  for (const outcome of await Promise.allSettled(sources))
    expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'cut' } });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await readdir(folder)).toEqual([]);
});
