import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { npy, png, zip } from '../../testing/archives.ts';
import { CsvReader } from './csv.ts';
import { JsonCounter } from './json-counter.ts';
import { readFacts } from './read-facts.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hearth-facts-'));
});
afterAll(() => rm(folder, { recursive: true }));
async function factsOf(name: string, bytes: Uint8Array) {
  await writeFile(join(folder, name), bytes);
  return readFacts(join(folder, name), name);
}

describe('binary formats', () => {
  it('reads shapes of npy, npz and safetensors', async () => {
    expect(await factsOf('a.npy', npy('6, 2'))).toMatchObject({ sampleCount: 6, dimensions: [6, 2] });
    expect(await factsOf('b.npy', npy('12,'))).toMatchObject({ sampleCount: 12, dimensions: [12] });
    expect(await factsOf('a.npz', zip({ 'x.npy': npy('3, 4') }))).toMatchObject({
      sampleCount: 3,
      dimensions: [3, 4],
      details: { arrays: [{ name: 'x', dtype: '<f4', shape: [3, 4] }] },
    });
    const header = Buffer.from(JSON.stringify({ x: { dtype: 'F32', shape: [5, 2], data_offsets: [0, 40] } }));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    const tensors = Buffer.concat([length, header, Buffer.alloc(40)]);
    expect(await factsOf('a.safetensors', tensors)).toMatchObject({ sampleCount: 5, dimensions: [5, 2] });
    await expect(factsOf('b.safetensors', tensors.subarray(0, -1))).rejects.toThrow('describes x wrongly');
  });
  it('counts images of a zip, and is not fooled by a cut one', async () => {
    const pictures = zip({
      'a/1.png': Buffer.from('p'),
      'a/2.JPG': Buffer.from('p'),
      'notes.txt': Buffer.from('n'),
    });
    expect(await factsOf('a.zip', pictures)).toMatchObject({ format: 'zip', sampleCount: 2 });
    await expect(factsOf('b.zip', pictures.subarray(0, -10))).rejects.toThrow('not a complete zip');
  });
  it('counts the images of each folder, and measures the first', async () => {
    const pictures = zip({
      'train/': Buffer.alloc(0),
      'train/cat/1.png': png(32, 24),
      'train/cat/2.png': png(8, 8),
      'train/dog/1.png': png(8, 8),
      'test/cat/3.png': png(8, 8),
      '__MACOSX/train/cat/._1.png': Buffer.from('hidden'),
      'train/dog/.hidden.png': Buffer.from('hidden'),
      'labels.csv': Buffer.from('a,b'),
    });
    expect(await factsOf('classes.zip', pictures)).toMatchObject({
      ...{ sampleCount: 4, dimensions: [4, 24, 32] },
      details: {
        image: { format: 'png', width: 32, height: 24 },
        classes: [
          { name: 'cat', count: 3 },
          { name: 'dog', count: 1 },
        ],
        files: 7,
      },
    });
  });
  it('reads Zip64, whose numbers stand elsewhere', async () => {
    const large = zip({ 'a/1.png': png(3, 2), 'b/2.png': png(1, 1) }, true);
    expect(await factsOf('large.zip', large)).toMatchObject({ sampleCount: 2, dimensions: [2, 2, 3] });
  });
  it.each(['../up.png', '/root.png', 'a/../../b.png', 'C:\\x.png', 'a\\..\\b.png'])(
    'refuses a name that leads out of the zip: %s',
    async (name) => {
      const slip = zip({ [name]: png(1, 1) });
      await expect(factsOf('slip.zip', slip)).rejects.toThrow('leads out of it');
    },
  );
  it('stays small before a bomb', async () => {
    const bomb = zip({ 'x.npy': Buffer.concat([npy('3, 4'), Buffer.alloc(50_000_000)]) });
    await expect(factsOf('bomb.npz', bomb)).rejects.toThrow('damaged');
  });
});

describe('what would fill the memory', () => {
  async function* pieces(piece: string, count: number) {
    for (let index = 0; index < count; index += 1) yield piece;
  }
  const mb = 'x'.repeat(1_000_000);
  it.each([
    ['no-line-ends.csv', mb, 12, 'cell of row 1 is longer'],
    ['no-closing-quote.csv', `a,b\n1,"${mb}`, 12, 'cell of row 2 is longer'],
    ['no-end-of-row.csv', `a,b\n${',1'.repeat(500_000)}`, 12, 'Row 2 has more than 100000 cells'],
    ['deep.json', '['.repeat(1_000_000), 12, 'nested deeper'],
    ['deep.jsonl', '['.repeat(100_000), 1, 'nested deeper'],
    ['one-line.jsonl', `"${mb}`, 12, 'Line 1 is longer than 4 MB'],
  ])('is refused before it does: %s', async (name, piece, count, reason) => {
    await writeFile(join(folder, name), pieces(piece, count));
    await expect(readFacts(join(folder, name), name)).rejects.toThrow(reason);
  });
  it('is not the footer of a Parquet file or the header of safetensors either', async () => {
    const lie = Buffer.alloc(18_000_000);
    lie.writeUInt32LE(17_900_000, lie.length - 8);
    lie.write('PAR1', lie.length - 4);
    await expect(factsOf('lie.parquet', lie)).rejects.toThrow('larger than 16 MB');
    lie.writeBigUInt64LE(17_000_000n, 0);
    await expect(factsOf('lie.safetensors', lie)).rejects.toThrow('impossible length');
  });
  it('lists a zip whose directory is longer than one read', async () => {
    const names = Array.from({ length: 1500 }, (_, index) => `${'long/'.repeat(200)}${index}.png`);
    const many = zip(Object.fromEntries(names.map((name) => [name, Buffer.from('p')])));
    expect(await factsOf('many.zip', many)).toMatchObject({ sampleCount: 1500 });
  });
});

it('reads back any table however its text is cut', () => {
  const cell = fc.string({ maxLength: 6 }).map((text) => text.replaceAll('\r', ''));
  const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(table, fc.integer({ min: 1, max: 7 }), (rows, size) => {
      const text = [['a', 'b', 'c'], ...rows]
        .map((row) => row.map((c) => `"${c.replaceAll('"', '""')}"`).join(','))
        .join('\r\n');
      const read: string[][] = [];
      const reader = new CsvReader((row) => read.push(row));
      const characters = [...text];
      for (let at = 0; at < characters.length; at += size)
        reader.push(characters.slice(at, at + size).join(''));
      reader.end();
      expect(read.slice(1)).toEqual(rows);
    }),
  );
});

it('counts the elements of any array, also under data', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue(), { maxLength: 8 }),
      fc.jsonValue(),
      fc.integer({ min: 0, max: 2 }),
      (items, other, space) => {
        const count = (value: unknown) => {
          const counter = new JsonCounter();
          counter.push(JSON.stringify(value, null, space));
          return counter.end();
        };
        expect(count(items)).toBe(items.length);
        expect(count({ other, data: items, more: [1, 2] })).toBe(items.length);
        expect(count({ other: { data: [1] } })).toBeNull();
      },
    ),
  );
});
