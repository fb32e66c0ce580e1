import { routes } from '@hearth/contract';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { asForm, csv, digestOf } from '../testing/story.ts';
import { startTestApp, type TestApp, testAdmin } from '../testing/test-app.ts';

const { registry } = routes;
let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

const refusal = (code: string, details: object = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });
const named = (name: string) => ({ params: { name } });
const versioned = (name: string, version: number) => ({ params: { name, version } });
const aliased = (name: string, alias: string) => ({ params: { name, alias } });
const onnx = (mark: number) => new Uint8Array([8, 9, 0x12, 1, mark]);

const addModel = (name: string, mark = 0, query: object = { new_version: 'true' }) =>
  test.client(registry.uploadModel, {
    query: { model_name: name, ...query },
    body: asForm(onnx(mark), 'net.onnx'),
  });
const addDataset = (name: string, content: string, query: object = { new_version: 'true' }) =>
  test.client(registry.uploadDataset, {
    query: { dataset_name: name, ...query },
    body: asForm(content, `${name}.csv`),
  });
const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());

afterEach(async () => {
  for (const { name } of await test.client(registry.listModels, {}))
    await test.client(registry.deleteModel, named(name));
  for (const { name } of await test.client(registry.listDatasets, {}))
    await test.client(registry.deleteDataset, named(name));
  const { rows } = await test.database.$client.query(
    'select sha256 from blobs where sha256 not in (select sha256 from code_files)',
  );
  expect(rows, 'files without an owner').toEqual([]);
});

describe('versions of a model', () => {
  it('are named by aliases, which move, and vanish with their version', async () => {
    for (const mark of [1, 2, 3]) await addModel('net', mark);
    await test.client(registry.setModelAlias, { ...aliased('net', 'champion'), body: { version: 1 } });
    await test.client(registry.setModelAlias, { ...aliased('net', 'champion'), body: { version: 2 } });
    const [model] = await test.client(registry.listModels, {});
    expect(model).toMatchObject({ version: 3, versions: 3, aliases: { champion: 2 } });
    const download = (query: object) => test.client(registry.downloadModel, { ...named('net'), query });
    expect(await bytesOf(await download({ alias: 'champion' }))).toEqual(onnx(2));
    await expect(download({ alias: 'other' })).rejects.toEqual(refusal('model.no_such_alias'));
    await test.client(registry.deleteModelVersion, versioned('net', 2));
    await expect(download({ alias: 'champion' })).rejects.toEqual(refusal('model.no_such_alias'));
    await expect(
      test.client(registry.setModelAlias, { ...aliased('net', 'champion'), body: { version: 2 } }),
    ).rejects.toEqual(refusal('model.not_found'));
    for (const alias of ['latest', 'v2', '2', 'a b'])
      await expect(
        test.client(registry.setModelAlias, { ...aliased('net', alias), body: { version: 1 } }),
      ).rejects.toEqual(refusal('request.invalid'));
    await test.client(registry.setModelAlias, { ...aliased('net', 'old'), body: { version: 1 } });
    await test.client(registry.removeModelAlias, aliased('net', 'old'));
    await expect(test.client(registry.removeModelAlias, aliased('net', 'old'))).rejects.toEqual(
      refusal('model.no_such_alias'),
    );
  });

  it('never give their number away, and the last one takes the model along', async () => {
    await addModel('net', 1);
    await addModel('net', 2);
    await test.client(registry.deleteModelVersion, versioned('net', 2));
    expect(await test.client(registry.modelInfo, named('net'))).toMatchObject({ version: 1, versions: 1 });
    expect(await addModel('net', 3)).toMatchObject({ version: 3 });
    for (const version of [1, 3]) await test.client(registry.deleteModelVersion, versioned('net', version));
    await expect(test.client(registry.modelInfo, named('net'))).rejects.toEqual(refusal('model.not_found'));
  });

  it('tell digest, origin and description; a renamed model takes all of it along', async () => {
    const run_id = 'a'.repeat(32);
    await addModel('net', 1, { run_id });
    await test.client(registry.setModelAlias, { ...aliased('net', 'champion'), body: { version: 1 } });
    await test.client(registry.changeModelVersion, {
      ...versioned('net', 1),
      body: { description: 'first', tags: { stage: 'trial' } },
    });
    await addModel('other');
    const rename = (name: string) =>
      test.client(registry.changeModel, {
        ...named('net'),
        body: { name, description: 'a net', tags: { by: 'me' } },
      });
    await expect(rename('other')).rejects.toEqual(refusal('model.exists'));
    expect(await rename('grid')).toMatchObject({ name: 'grid', description: 'a net', tags: { by: 'me' } });
    await expect(test.client(registry.modelInfo, named('net'))).rejects.toEqual(refusal('model.not_found'));
    const version = await test.client(registry.modelVersion, versioned('grid', 1));
    expect(version).toMatchObject({
      name: 'grid',
      ...{ description: 'first', tags: { stage: 'trial' }, aliases: ['champion'] },
      digest: digestOf(`${digestOf(onnx(1))}  net.onnx\n`),
      lineage: { kind: 'run', run_id, source: 'net.onnx', created_by: testAdmin.email },
    });
  });
});

describe('versions of a data set', () => {
  it('have facts, files and previews of their own', async () => {
    await addDataset('flowers', csv);
    const second = 'a,b\n1,2\n';
    expect(await addDataset('flowers', second)).toMatchObject({ version: 2 });
    await expect(addDataset('flowers', csv, {})).rejects.toEqual(refusal('dataset.exists'));
    expect(await test.client(registry.getDataset, named('flowers'))).toMatchObject({
      ...{ version: 2, versions: 2, sample_count: 1, sha256: digestOf(second) },
      lineage: { kind: 'upload', run_id: null, created_by: testAdmin.email },
    });
    const versions = await test.client(registry.datasetVersions, named('flowers'));
    expect(versions.map(({ version, sample_count }) => [version, sample_count])).toEqual([
      [2, 1],
      [1, 3],
    ]);
    const first = { ...named('flowers'), query: { version: 1 } };
    expect(await (await test.client(registry.downloadDataset, first)).text()).toBe(csv);
    expect(await test.client(registry.previewDataset, first)).toMatchObject({
      columns: ['length', 'width', 'class'],
    });
    await test.client(registry.changeDatasetVersion, {
      ...versioned('flowers', 1),
      body: { description: 'as measured' },
    });
    await test.client(registry.deleteDatasetVersion, versioned('flowers', 2));
    const renamed = await test.client(registry.changeDataset, {
      ...named('flowers'),
      body: { name: 'plants' },
    });
    expect(renamed).toMatchObject({ name: 'plants', version: 1, versions: 1, sha256: digestOf(csv) });
    expect(await test.client(registry.datasetVersions, named('plants'))).toMatchObject([
      { description: 'as measured' },
    ]);
    await test.client(registry.deleteDatasetVersion, versioned('plants', 1));
    await expect(test.client(registry.getDataset, named('plants'))).rejects.toEqual(
      refusal('dataset.not_found'),
    );
  });
});

describe('lists', () => {
  it('are searched and read in pages, newest first, and no row comes twice or is missed', async () => {
    for (let index = 0; index < 7; index += 1) await addModel(`net-${index}`);
    await addModel('grid_1');
    await test.client(registry.changeModel, { ...named('net-3'), body: { description: 'the 100% one' } });
    const page = async (query: string) => {
      const response = await fetch(`${test.url}/api/v1/models?${query}`, {
        headers: { authorization: `Bearer ${test.adminToken}` },
      });
      const rows = (await response.json()) as { name: string }[];
      return { names: rows.map(({ name }) => name), cursor: response.headers.get('x-next-cursor') };
    };
    const seen: string[] = [];
    let cursor: string | null = '';
    do {
      const next = await page(`limit=3&cursor=${cursor}`.replace(/&cursor=$/, ''));
      seen.push(...next.names);
      cursor = next.cursor;
    } while (cursor);
    expect(seen).toEqual(['grid_1', ...[6, 5, 4, 3, 2, 1, 0].map((index) => `net-${index}`)]);
    expect((await page('search=NET-')).names).toHaveLength(7);
    expect((await page('search=d_1')).names).toEqual(['grid_1']);
    expect((await page('search=100%25')).names).toEqual(['net-3']);
    expect((await page('search=%25')).names).toEqual(['net-3']);
    const wrong = await fetch(`${test.url}/api/v1/models?cursor=nonsense`, {
      headers: { authorization: `Bearer ${test.adminToken}` },
    });
    expect(wrong.status).toBe(400);
  });

  it('of ten thousand models come at once', async () => {
    await addModel('real');
    const { $client: client } = test.database;
    await client.query(`insert into models (name, created_at, updated_at, latest_version, last_version, version_count)
      select 'm-' || i, now(), now() - i * interval '1 second', 1, 1, 1 from generate_series(1, 10000) i`);
    await client.query(`insert into model_versions (model_name, version, task, metadata, lineage_kind, created_at)
      select 'm-' || i, 1, 'unknown', '{}', 'upload', now() from generate_series(1, 10000) i`);
    const times: number[] = [];
    for (const query of [{ limit: 100 }, { limit: 100, search: 'm-99' }, { limit: 100 }]) {
      const begun = performance.now();
      expect(await test.client(registry.listModels, { query })).toHaveLength(100);
      times.push(performance.now() - begun);
    }
    expect(Math.min(...times)).toBeLessThan(200);
    await client.query(`delete from models where name like 'm-%'`);
  });
});
