import { routes } from '@hearth/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../testing/property-stage.ts';
import { asForm, digestOf } from '../testing/story.ts';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

/** What `registry-properties.test.ts` does not say of models (12, 15) and data sets (16). */
const { registry } = routes;
let test: TestApp;
beforeAll(async () => {
  test = await startTestApp({ config: { rateLimitPerMinute: 0 } });
});
afterAll(() => test.close());

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());
const anyBytes = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => new Uint8Array(bytes));
const anyRange = fc.record({ first: fc.nat(310), last: fc.option(fc.nat(400)) });

const uploadModel = (model_name: string, bytes: Uint8Array<ArrayBuffer>, more = {}) =>
  test.client(registry.uploadModel, { query: { model_name, ...more }, body: asForm(bytes, 'model.bin') });
const uploadDataset = (dataset_name: string, bytes: Uint8Array<ArrayBuffer>, file: string, more = {}) =>
  test.client(registry.uploadDataset, { query: { dataset_name, ...more }, body: asForm(bytes, file) });

/** Asks for a part of a file as a client that goes on with a download does. */
async function part(path: string, { first, last }: { first: number; last: number | null }) {
  const headers = {
    authorization: `Bearer ${test.adminToken}`,
    range: `bytes=${first}-${last ?? ''}`,
  };
  const response = await fetch(`${test.url}/api/v1/${path}`, { headers });
  return { status: response.status, bytes: await bytesOf(response) };
}

function expectPart(
  bytes: Uint8Array,
  { first, last }: { first: number; last: number | null },
  answer: Awaited<ReturnType<typeof part>>,
): void {
  // What ends before it begins is no range: the whole file.
  if (last !== null && last < first) expect(answer).toEqual({ status: 200, bytes: Buffer.from(bytes) });
  else if (first >= bytes.length) expect(answer.status).toBe(416);
  else {
    const wanted = bytes.subarray(first, (last ?? bytes.length) + 1);
    expect(answer).toEqual({ status: 206, bytes: Buffer.from(wanted) });
  }
}

describe('models', () => {
  it('P13: any range of a model is exactly that part of what was uploaded', async () => {
    await fc.assert(
      fc.asyncProperty(anyBytes, fc.array(anyRange, { maxLength: 4 }), async (bytes, ranges) => {
        await uploadModel('ranged', bytes);
        for (const range of ranges) expectPart(bytes, range, await part('models/ranged', range));
        await test.client(registry.deleteModel, { params: { name: 'ranged' } });
      }),
      { numRuns: 20 },
    );
  });

  it('P14: a name is taken once, however many upload to it at the same time, and free again when deleted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyBytes, { minLength: 2, maxLength: 5 }), async (contents) => {
        const answers = await Promise.all(
          contents.map((bytes) => uploadModel('wanted', bytes).then(() => 'taken', codeOf)),
        );
        expect(answers.filter((answer) => answer === 'taken')).toHaveLength(1);
        expect(answers.filter((answer) => answer === 'model.exists')).toHaveLength(contents.length - 1);
        const winner = contents[answers.indexOf('taken')]!;
        const params = { name: 'wanted' };
        const [version, ...others] = await test.client(registry.modelVersions, { params });
        expect(others).toEqual([]);
        expect(version?.artifacts.map(({ sha256 }) => sha256)).toEqual([digestOf(winner)]);
        await test.client(registry.deleteModel, { params });
        expect(await test.client(registry.downloadModel, { params }).catch(codeOf)).toBe('model.not_found');
      }),
      { numRuns: 12 },
    );
  });
});

describe('data sets', () => {
  const anyFile = fc.constantFrom(
    ...['x.csv', 'x.json', 'x.jsonl', 'x.txt', 'x.npy', 'x.npz', 'x.parquet', 'x.safetensors', 'x.zip', 'x'],
  );
  const anyContent = fc.oneof(
    anyBytes,
    fc
      .constantFrom('PK\u0003\u0004', '\u0093NUMPY', 'PAR1', '{"data":[', '[1,', 'a,b\n"', '\ufeffa;b\n1;2')
      .map((text) => new Uint8Array(Buffer.from(text, 'latin1'))),
  );

  it('P17: any bytes under any name of a file come back as they were, or are refused as unreadable', async () => {
    await fc.assert(
      fc.asyncProperty(anyContent, anyFile, anyRange, async (bytes, file, range) => {
        const refused = await uploadDataset('any', bytes, file).then(() => undefined, codeOf);
        const params = { name: 'any' };
        if (refused !== undefined) {
          expect(refused).toBe('dataset.unreadable');
          expect(await test.client(registry.getDataset, { params }).catch(codeOf)).toBe('dataset.not_found');
          return;
        }
        const found = await test.client(registry.getDataset, { params });
        expect(found).toMatchObject({ size_bytes: bytes.length, sha256: digestOf(bytes) });
        expect(found.size_mb).toBeCloseTo(bytes.length / 1e6, 9);
        expect(found.file_path).not.toMatch(/^\/|\.\./);
        const whole = await bytesOf(await test.client(registry.downloadDataset, { params }));
        expect(whole).toEqual(Buffer.from(bytes));
        expectPart(bytes, range, await part('datasets/any/file', range));
        await test.client(registry.deleteDataset, { params });
      }),
      { numRuns: 40 },
    );
  });

  it('P18: each version of a data set keeps its own content; without a word for a new one the name is taken', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyBytes, { minLength: 1, maxLength: 4 }), async (contents) => {
        for (const [index, bytes] of contents.entries()) {
          if (index > 0)
            expect(await uploadDataset('versions', bytes, 'x').catch(codeOf)).toBe('dataset.exists');
          const more = index > 0 ? { new_version: 'true' } : {};
          expect((await uploadDataset('versions', bytes, 'x', more)).version).toBe(index + 1);
        }
        const params = { name: 'versions' };
        for (const [index, bytes] of contents.entries()) {
          const query = { version: index + 1 };
          const file = await test.client(registry.downloadDataset, { params, query });
          expect(await bytesOf(file)).toEqual(Buffer.from(bytes));
        }
        const newest = await test.client(registry.getDataset, { params });
        expect(newest.sha256).toBe(digestOf(contents.at(-1)!));
        await test.client(registry.deleteDataset, { params });
      }),
      { numRuns: 12 },
    );
  });
});
