import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { npy, png, zip } from '../../testing/archives.ts';
import { readFacts } from '../facts/read-facts.ts';
import { firstElements } from './json-head.ts';
import { previewFile } from './preview.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hearth-preview-'));
});
afterAll(() => rm(folder, { recursive: true }));
async function preview(name: string, content: Uint8Array | string, rows = 3) {
  const path = join(folder, name);
  await writeFile(path, content);
  const facts = await readFacts(path, name);
  return { facts, ...(await previewFile(path, facts, rows)) };
}

const count = 5000;
const numbers = Array.from({ length: count }, (_, index) => index);
type Options = Partial<Parameters<typeof parquetWriteBuffer>[0]>;
function parquet(options: Options = {}): Uint8Array {
  const columnData = [
    { name: 'id', data: numbers, type: 'INT32' as const },
    { name: 'price', data: numbers.map((n) => n / 4), type: 'DOUBLE' as const },
    { name: 'city', data: numbers.map((n) => (n === 1 ? null : `город ${n % 7}`)), type: 'STRING' as const },
    { name: 'day', data: numbers.map((n) => new Date(86_400_000 * n)), type: 'TIMESTAMP' as const },
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 1000, ...options }));
}

describe('a Parquet file', () => {
  const expected = {
    columns: ['id', 'price', 'city', 'day'],
    rows: [
      ['0', '0', 'город 0', '1970-01-01T00:00:00.000Z'],
      ['1', '0.25', '', '1970-01-02T00:00:00.000Z'],
      ['2', '0.5', 'город 2', '1970-01-03T00:00:00.000Z'],
    ],
    note: null,
  };
  const codecs: [string, Options][] = [
    ['SNAPPY', {}],
    ['UNCOMPRESSED', { codec: 'UNCOMPRESSED' }],
    ['GZIP', { codec: 'GZIP', compressors: { GZIP: (bytes) => gzipSync(bytes) } }],
    ['ZSTD', { codec: 'ZSTD', compressors: { ZSTD: (bytes) => zstdCompressSync(bytes) } }],
    ['BROTLI', { codec: 'BROTLI', compressors: { BROTLI: (bytes) => brotliCompressSync(bytes) } }],
  ];
  it.each(codecs)('tells its rows and columns, and shows the first: %s', async (name, options) => {
    const shown = await preview(`${name}.parquet`, parquet(options));
    expect(shown).toMatchObject(expected);
    expect(shown.facts).toMatchObject({
      ...{ format: 'parquet', sampleCount: count, dimensions: [count, 4], columns: expected.columns },
      details: {
        types: ['int32', 'double', expect.stringMatching(/utf8|string/), expect.stringMatching(/timestamp/)],
      },
    });
  });

  it('that is damaged inside says that its rows cannot be shown', async () => {
    const bytes = parquet();
    bytes.fill(0xff, 4, 200);
    const shown = await preview('damaged.parquet', bytes);
    expect(shown).toMatchObject({ rows: null, note: expect.stringContaining('cannot be shown') });
  });
});

describe('other kinds', () => {
  it('show pictures of several folders, and only what is one', async () => {
    const pictures = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`${index % 4}/${index}.png`, png(index + 1, 2)]),
    );
    const lies = { 'x/page.png': Buffer.from('<script>alert(1)</script>') };
    const { images } = await preview('images.zip', zip({ ...lies, ...pictures }));
    expect(new Set(images?.map(({ label }) => label))).toEqual(new Set(['0', '1', '2', '3']));
    expect(images!.length).toBeGreaterThan(4);
    expect(images!.length).toBeLessThanOrEqual(12);
    for (const { url } of images!) expect(url).toMatch(/^data:image\/png;base64,iVBOR/);
  });

  it('show arrays, lines and elements', async () => {
    const arrays = await preview('a.npz', zip({ 'x.npy': npy('3, 4'), 'y.npy': npy('3,') }));
    expect(arrays.arrays).toEqual([
      { name: 'x', dtype: '<f4', shape: [3, 4] },
      { name: 'y', dtype: '<f4', shape: [3] },
    ]);
    const lines = '{"a":1,"b":"x"}\n\n{"b":[1,{"c":null}],"d":true}\n';
    expect(await preview('a.jsonl', lines)).toMatchObject({
      columns: ['a', 'b', 'd'],
      rows: [
        ['1', 'x', ''],
        ['', '[1,{"c":null}]', 'true'],
      ],
    });
    const plain = await preview('b.json', '[1, 2, 3]');
    expect(plain).toMatchObject({ rows: null, text: '[1, 2, 3]' });
    const large = JSON.stringify({
      note: '"data": [',
      data: numbers.map((n) => ({ n, text: 'x'.repeat(100) })),
    });
    const shown = await preview('c.json', large, 2);
    expect(shown.rows?.map(([n]) => n)).toEqual(['0', '1']);
  });
});

it('finds the first elements of any array, also under data, wherever the head ends', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue(), { maxLength: 6 }),
      fc.jsonValue(),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 0, max: 2 }),
      fc.nat(300),
      (items, other, most, space, cut) => {
        const expected = JSON.parse(JSON.stringify(items)) as unknown[];
        for (const value of [items, { other, data: items, more: [1] }]) {
          const text = JSON.stringify(value, null, space);
          expect(firstElements(text, most)).toEqual(expected.slice(0, most));
          const found = firstElements(text.slice(0, cut), most);
          expect(found).toEqual(expected.slice(0, found.length));
        }
      },
    ),
  );
});
