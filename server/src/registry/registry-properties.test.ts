import { routes } from '@hearth/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asForm, digestOf, uploadDataset } from '../testing/story.ts';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

/** The laws of document 000's groups 4 (models) and 5 (data sets), for any order of what people do. */
const { registry } = routes;
let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

const named = (name: string) => ({ params: { name } });
const code = (error: unknown) => (error as { code?: string }).code;
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());
const storedDigests = async () => {
  const { rows } = await test.database.$client.query<{ sha256: string }>('select sha256 from blobs');
  return new Set(rows.map(({ sha256 }) => sha256));
};

interface Known {
  /** Bytes of each version, by number. */
  versions: Map<number, Buffer>;
  last: number;
  aliases: Map<string, number>;
}
type Step =
  | { do: 'upload'; name: string; bytes: Uint8Array; isNewVersion: boolean }
  | { do: 'delete'; name: string }
  | { do: 'deleteVersion'; name: string; version: number }
  | { do: 'alias'; name: string; alias: string; version: number };

const name = fc.constantFrom('a', 'b', 'C-1');
const version = fc.integer({ min: 1, max: 4 });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('upload' as const),
      name,
      bytes: fc.uint8Array({ minLength: 1, maxLength: 50 }),
      isNewVersion: fc.boolean(),
    }),
  },
  fc.record({ do: fc.constant('delete' as const), name }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('deleteVersion' as const), name, version }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('alias' as const),
      name,
      alias: fc.constantFrom('champion', 'old'),
      version,
    }),
  },
);

/** What must come of a step, done to the list of what is known; undefined where it succeeds. */
function expectedOf(models: Map<string, Known>, step: Step): string | undefined {
  const known = models.get(step.name);
  if (step.do === 'upload') {
    if (known && !step.isNewVersion) return 'model.exists';
    const model = known ?? { versions: new Map(), last: 0, aliases: new Map() };
    model.last += 1;
    model.versions.set(model.last, Buffer.from(step.bytes));
    models.set(step.name, model);
    return undefined;
  }
  if (!known || (step.do !== 'delete' && !known.versions.has(step.version))) return 'model.not_found';
  if (step.do === 'delete') models.delete(step.name);
  else if (step.do === 'alias') known.aliases.set(step.alias, step.version);
  else {
    known.versions.delete(step.version);
    for (const [alias, named] of known.aliases) if (named === step.version) known.aliases.delete(alias);
    if (known.versions.size === 0) models.delete(step.name);
  }
  return undefined;
}

function take(step: Step): Promise<unknown> {
  const { client } = test;
  if (step.do === 'delete') return client(registry.deleteModel, named(step.name));
  if (step.do === 'upload') {
    const query = { model_name: step.name, new_version: step.isNewVersion ? 'true' : 'false' } as const;
    return client(registry.uploadModel, { query, body: asForm(new Uint8Array(step.bytes), 'model.bin') });
  }
  const { name, version } = step;
  if (step.do === 'deleteVersion') return client(registry.deleteModelVersion, { params: { name, version } });
  return client(registry.setModelAlias, { params: { name, alias: step.alias }, body: { version } });
}

async function expectSame(models: Map<string, Known>): Promise<void> {
  const listed = await test.client(registry.listModels, {});
  expect(new Set(listed.map((row) => row.name))).toEqual(new Set(models.keys()));
  for (const row of listed) {
    const { versions, aliases } = models.get(row.name)!;
    const newest = Math.max(...versions.keys());
    const bytes = versions.get(newest)!;
    expect(row).toMatchObject({
      ...{ version: newest, versions: versions.size, aliases: Object.fromEntries(aliases) },
      size_mb: bytes.length / 1e6,
    });
    expect(row.file_path).not.toMatch(/^\/|\.\./);
    expect(await bytesOf(await test.client(registry.downloadModel, named(row.name)))).toEqual(bytes);
    for (const [version, content] of versions) {
      const query = { version };
      const answer = await test.client(registry.downloadModel, { ...named(row.name), query });
      expect(await bytesOf(answer)).toEqual(content);
    }
  }
  const kept = [...models.values()].flatMap(({ versions }) => [...versions.values()].map(digestOf));
  expect(await storedDigests(), 'files and rows go together').toEqual(new Set(kept));
}

describe('models', () => {
  it('are what was uploaded and not deleted, byte for byte, and refusals change nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 3, maxLength: 12 }), async (steps) => {
        const models = new Map<string, Known>();
        for (const step of steps) {
          const expected = expectedOf(models, step);
          const refused = await take(step).then(() => undefined, code);
          expect(refused, JSON.stringify(step)).toBe(expected);
        }
        await expectSame(models);
        for (const left of models.keys()) await test.client(registry.deleteModel, named(left));
        expect(await storedDigests()).toEqual(new Set());
      }),
      { numRuns: 15 },
    );
  });

  it('have no names that could become a path of another place', async () => {
    const odd = fc.oneof(
      fc.constantFrom('../x', 'a/b', 'a\\b', '.x', '', '%2e%2e', 'a..b', 'x\0', 'ü', '-x', 'a b'),
      fc.string({ maxLength: 20 }).filter((text) => !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text)),
      fc.constant('x'.repeat(101)),
    );
    await fc.assert(
      fc.asyncProperty(odd, async (model_name) => {
        const body = asForm('bytes', 'x.bin');
        await expect(
          test.client(registry.uploadModel, { query: { model_name }, body }),
        ).rejects.toMatchObject({ code: 'request.invalid' });
      }),
      { numRuns: 40 },
    );
    expect(await storedDigests()).toEqual(new Set());
  });
});

const cell = fc.string({ maxLength: 8 }).map((text) => text.replaceAll(/[\r\n\0]/g, ''));
const anyTable = fc.integer({ min: 1, max: 4 }).chain((width) =>
  fc
    .array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 10 })
    .map((rows) => ({
      columns: Array.from({ length: width }, (_, index) => `c${index}`),
      // A row of one empty cell would be a blank line.
      rows: rows.map((row) => (width === 1 && row[0] === '' ? ['x'] : row)),
    })),
);
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

describe('data sets', () => {
  it('tell the rows and columns of any table in any of its forms, and come back as they went in', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyTable,
        fc.constantFrom('csv', 'jsonl', 'json'),
        async ({ columns, rows }, format) => {
          const records = rows.map((row) =>
            Object.fromEntries(columns.map((column, at) => [column, row[at]])),
          );
          const contents = {
            csv: [columns, ...rows].map((row) => row.map(quoted).join(',')).join('\r\n'),
            jsonl: records.map((record) => JSON.stringify(record)).join('\n'),
            json: JSON.stringify({ data: records }),
          };
          const content = contents[format];
          await uploadDataset(test, 'table', content, `t.${format}`);
          const dataset = await test.client(registry.getDataset, named('table'));
          const isCsv = format === 'csv';
          expect(dataset).toMatchObject({
            ...{ name: 'table', format, sample_count: rows.length, sha256: digestOf(content) },
            size_bytes: Buffer.byteLength(content),
            ...(isCsv ? { columns, dimensions: [rows.length, columns.length] } : {}),
          });
          expect(await test.client(registry.listDatasets, {})).toEqual([dataset]);
          const preview = await test.client(registry.previewDataset, {
            ...named('table'),
            query: { rows: 100 },
          });
          expect(preview).toMatchObject({ columns, rows });
          const back = await bytesOf(await test.client(registry.downloadDataset, named('table')));
          expect(back.toString('utf8')).toBe(content);
          await expect(uploadDataset(test, 'table', content, `t.${format}`)).rejects.toMatchObject({
            code: 'dataset.exists',
          });
          await test.client(registry.deleteDataset, named('table'));
          await expect(test.client(registry.getDataset, named('table'))).rejects.toMatchObject({
            code: 'dataset.not_found',
          });
          expect(await storedDigests()).toEqual(new Set());
        },
      ),
      { numRuns: 40 },
    );
  });
});
