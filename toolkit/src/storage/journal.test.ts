import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Journal } from './journal.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('Journal', () => {
  it('keeps every entry in order, across instances', async () => {
    const file = join(folder, 'deep', 'a.jsonl');
    expect(await new Journal(file).read()).toEqual([]);
    const journal = new Journal<number>(file);
    await Promise.all(Array.from({ length: 50 }, (_, i) => journal.append(i)));
    await new Journal<number>(file).append(50);
    expect(await new Journal<number>(file).read()).toEqual(Array.from({ length: 51 }, (_, i) => i));
  });

  it('passes over a line that a crash cut short, and writes on a line of its own after it', async () => {
    const file = join(folder, 'b.jsonl');
    await writeFile(file, '{"n":1}\n{"n":');
    await new Journal(file).append({ n: 2 });
    expect(await new Journal(file).read()).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('replaces all in one step', async () => {
    const file = join(folder, 'c.jsonl');
    const journal = new Journal<string>(file);
    await journal.append('a');
    await journal.replace(['b', 'c']);
    await journal.append('d');
    expect(await readFile(file, 'utf8')).toBe('"b"\n"c"\n"d"\n');
    await appendFile(file, 'junk\n');
    expect(await journal.read()).toEqual(['b', 'c', 'd']);
  });

  it('reads the newest entries backwards, whatever their length', async () => {
    const journal = new Journal<string>(join(folder, 'e.jsonl'));
    expect(await journal.readLast(3)).toEqual([]);
    const entries = Array.from({ length: 60 }, (_, i) => `${i} ${'ж'.repeat((i * 997) % 9000)}`);
    for (const entry of entries) void journal.append(entry);
    expect(await journal.readLast(Infinity)).toEqual(entries.toReversed());
    expect(await journal.readLast(2)).toEqual([entries[59], entries[58]]);
    expect(await journal.readLast(2, (entry) => entry.startsWith('1'))).toEqual([entries[19], entries[18]]);
    expect(await journal.readLast(0)).toEqual([]);
  });

  it('rejects when the disk does not take it, and goes on afterwards', async () => {
    const file = join(folder, 'd.jsonl', 'inside');
    const journal = new Journal<number>(file);
    await writeFile(join(folder, 'd.jsonl'), 'a file where a folder should be');
    await expect(journal.append(1)).rejects.toThrow();
    await rm(join(folder, 'd.jsonl'));
    await journal.append(2);
    expect(await journal.read()).toEqual([2]);
  });
});
