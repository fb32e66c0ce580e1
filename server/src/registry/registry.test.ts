import { randomBytes } from 'node:crypto';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { routes, urlOf } from '@hearth/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asForm, csv, digestOf, uploadDataset } from '../testing/story.ts';
import { startTestApp, startTestAppBeside, type TestApp } from '../testing/test-app.ts';

const { registry } = routes;
let test: TestApp;
beforeAll(async () => {
  test = await startTestApp({ tuning: { maxUploadBytes: 2_000_000 } });
});
afterAll(() => test.close());

const refusal = (code: string) => expect.objectContaining({ code });
const named = (name: string) => ({ params: { name } });
const removeDataset = (name: string) => test.client(registry.deleteDataset, named(name));
async function storedFiles(): Promise<string[]> {
  const folder = join(test.config.home, 'server/store');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}
const countRows = async () =>
  (
    await test.database.$client.query(
      'select (select count(*) from blobs)::int as blobs, (select count(*) from datasets)::int as datasets',
    )
  ).rows[0];

describe('a data set', () => {
  it('comes back as it went in, whole and in parts', async () => {
    const bytes = new Uint8Array(randomBytes(300_000));
    await uploadDataset(test, 'noise', bytes, 'noise.bin');
    const whole = await test.client(registry.downloadDataset, named('noise'));
    expect(digestOf(new Uint8Array(await whole.arrayBuffer()))).toBe(digestOf(bytes));
    expect(whole.headers.get('content-disposition')).toContain('noise.bin');
    const etag = whole.headers.get('etag')!;
    const range = (range: string, over: Record<string, string> = {}) =>
      test.client(registry.downloadDataset, named('noise'), { headers: { range, ...over } });
    const part = await range('bytes=100-199', { 'if-range': etag });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe('bytes 100-199/300000');
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(bytes.slice(100, 200));
    expect((await range('bytes=100-199', { 'if-range': '"old"' })).status).toBe(200);
    await expect(range('bytes=300000-')).rejects.toEqual(refusal('range.not_satisfiable'));
    expect(new Uint8Array(await (await range('bytes=-7')).arrayBuffer())).toEqual(bytes.slice(-7));
    const ask = (method: string, over: Record<string, string>) =>
      fetch(test.url + urlOf(registry.downloadDataset, named('noise')), {
        method,
        headers: { authorization: `Bearer ${test.adminToken}`, ...over },
      });
    expect((await ask('GET', { 'if-none-match': etag })).status).toBe(304);
    expect((await ask('GET', { range: 'bytes=300000-' })).headers.get('content-range')).toBe(
      'bytes */300000',
    );
    const head = await ask('HEAD', { range: 'bytes=1-2' });
    expect([head.status, head.headers.get('content-length'), head.headers.get('etag')]).toEqual([
      ...[200, '300000', etag],
    ]);
    expect(await test.client(registry.getDataset, named('noise'))).toMatchObject({
      format: 'other',
      sample_count: null,
    });
    await removeDataset('noise');
    expect(await storedFiles()).toEqual([]);
  });

  it('is refused under a taken name, without a file, and when it is not what it says', async () => {
    await uploadDataset(test, 'flowers');
    await expect(uploadDataset(test, 'flowers')).rejects.toEqual(refusal('dataset.exists'));
    for (const [content, fileName] of [
      ['', 'a.csv'],
      ['just,a,header\n', 'a.csv'],
      ['[1, 2', 'a.json'],
      ['{"a":1}\nnope\n', 'a.jsonl'],
      [new Uint8Array([0xff, 0xfe, 0x80]), 'a.txt'],
      ['PK nonsense', 'a.zip'],
      ['x'.repeat(100), 'a.npy'],
      ['x'.repeat(100), 'a.safetensors'],
      ['PAR1', 'a.parquet'],
    ] as const)
      await expect(uploadDataset(test, 'odd', content, fileName), fileName).rejects.toEqual(
        refusal('dataset.unreadable'),
      );
    const empty = new FormData();
    empty.append('other', new Blob(['x']), 'x.csv');
    const upload = (body: FormData | string) =>
      test.client(registry.uploadDataset, { query: { dataset_name: 'odd' }, body });
    await expect(upload(empty)).rejects.toEqual(refusal('request.invalid'));
    await expect(upload('text')).rejects.toEqual(refusal('request.unsupported_media'));
    await removeDataset('flowers');
    expect(await storedFiles()).toEqual([]);
    expect(await countRows()).toEqual({ blobs: 0, datasets: 0 });
  });

  it('shares its file with its twin; the last one takes it along', async () => {
    await uploadDataset(test, 'one');
    await uploadDataset(test, 'two');
    expect(await storedFiles()).toEqual([digestOf(csv)]);
    await removeDataset('one');
    expect(await storedFiles()).toHaveLength(1);
    expect(await (await test.client(registry.downloadDataset, named('two'))).text()).toBe(csv);
    await removeDataset('two');
    expect(await storedFiles()).toEqual([]);
  });

  it('survives being added and removed by many at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const names = Array.from({ length: 6 }, (_, index) => `many-${index}`);
      await Promise.all(names.map((name) => uploadDataset(test, name)));
      await Promise.all([...names.slice(1).map(removeDataset), uploadDataset(test, 'late')]);
      expect(await (await test.client(registry.downloadDataset, named('late'))).text()).toBe(csv);
      await Promise.all([removeDataset('late'), removeDataset('many-0')]);
      expect(await storedFiles()).toEqual([]);
    }
  });

  it('leaves nothing when the upload is too large, cut short or lies about its length', async () => {
    await expect(uploadDataset(test, 'big', new Uint8Array(2_000_001), 'big.bin')).rejects.toEqual(
      refusal('request.too_large'),
    );
    const head = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n';
    const send = (length: number, text: string, isCut: boolean) =>
      new Promise<number | undefined>((resolve) => {
        const path = test.url + urlOf(registry.uploadDataset, { query: { dataset_name: 'cut' } });
        const headers = {
          authorization: `Bearer ${test.adminToken}`,
          'content-type': 'multipart/form-data; boundary=b',
          'content-length': length,
        };
        const request = httpRequest(path, { method: 'POST', headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        request.on('error', () => resolve(undefined));
        request.write(text);
        if (isCut) setTimeout(() => request.destroy(), 100);
      });
    const text = `${head}${csv}`;
    expect(await send(100_000, text, true)).toBeUndefined();
    expect(await send(text.length, text, false)).toBe(400);
    await expect.poll(storedFiles).toEqual([]);
    expect(await countRows()).toEqual({ blobs: 0, datasets: 0 });
  });
});

describe('facts and previews', () => {
  it('are read from the content', async () => {
    const cases: [string, string, object][] = [
      [
        'a.csv',
        'x;y\r\n1;"a;b"\r\n\r\n2;"c""d"\r\n',
        { format: 'csv', sample_count: 2, columns: ['x', 'y'], dimensions: [2, 2] },
      ],
      ['b.txt', 'Привет 👋', { format: 'text', sample_count: 8 }],
      ['c.json', '{"meta":[1,2,3],"data":[{"a":[1,2]},{"a":"],["}]}', { format: 'json', sample_count: 2 }],
      ['d.jsonl', '{"a":1}\n\n{"a":2}', { format: 'jsonl', sample_count: 2 }],
    ];
    for (const [fileName, content, facts] of cases) {
      const name = `facts-${fileName}`;
      await uploadDataset(test, name, content, fileName);
      expect(await test.client(registry.getDataset, named(name))).toMatchObject({
        ...facts,
        sha256: digestOf(content),
      });
    }
    const preview = (name: string) =>
      test.client(registry.previewDataset, { ...named(name), query: { rows: 1 } });
    expect(await preview('facts-a.csv')).toMatchObject({
      columns: ['x', 'y'],
      rows: [['1', 'a;b']],
      text: null,
    });
    expect(await preview('facts-b.txt')).toMatchObject({ columns: null, rows: null, text: 'Привет 👋' });
    const table = { columns: ['a'], rows: [['[1,2]']] };
    expect(await preview('facts-c.json')).toMatchObject(table);
    expect(await preview('facts-d.jsonl')).toMatchObject({ columns: ['a'], rows: [['1']] });
    for (const { name } of await test.client(registry.listDatasets, {})) await removeDataset(name);
  });
});

describe('a model', () => {
  const upload = (
    name: string,
    content: string | Uint8Array<ArrayBuffer>,
    fileName: string,
    new_version = 'false',
  ) =>
    test.client(registry.uploadModel, {
      query: { model_name: name, new_version } as never,
      body: asForm(content, fileName),
    });
  const onnx = new Uint8Array([8, 9, 0x12, 3, 97, 98, 99]);

  it('gets versions, and a download by version and format', async () => {
    expect(await upload('net', onnx, 'net.onnx')).toMatchObject({ name: 'net', version: 1 });
    await expect(upload('net', onnx, 'net.onnx')).rejects.toEqual(refusal('model.exists'));
    const second = new Uint8Array([...onnx, 0x1a, 0]);
    expect(await upload('net', second, '../../net v2.onnx', 'true')).toMatchObject({ version: 2 });
    const versions = await test.client(registry.modelVersions, named('net'));
    expect(versions.map(({ version }) => version)).toEqual([2, 1]);
    expect(versions[0]).toMatchObject({
      artifacts: [{ name: 'net_v2.onnx', format: 'onnx' }],
      lineage: { kind: 'upload' },
    });
    const download = async (query: object) =>
      new Uint8Array(
        await (await test.client(registry.downloadModel, { ...named('net'), query })).arrayBuffer(),
      );
    expect(await download({})).toEqual(second);
    expect(await download({ version: 1, format: 'onnx' })).toEqual(onnx);
    await expect(download({ format: 'gguf' })).rejects.toEqual(refusal('model.no_such_format'));
    await expect(download({ version: 3 })).rejects.toEqual(refusal('model.not_found'));
    await test.client(registry.deleteModel, named('net'));
    await expect(test.client(registry.modelVersions, named('net'))).rejects.toEqual(
      refusal('model.not_found'),
    );
    expect(await storedFiles()).toEqual([]);
  });

  it('must be what its name says', async () => {
    for (const extension of ['gguf', 'onnx', 'safetensors'])
      await expect(upload('fake', 'hello there', `fake.${extension}`)).rejects.toEqual(
        refusal('model.unreadable'),
      );
    expect(await storedFiles()).toEqual([]);
  });

  it('numbers versions without twins when many come at once', async () => {
    const uploads = Array.from({ length: 5 }, (_, index) =>
      upload('race', new Uint8Array([...onnx, index]), 'a.onnx', 'true'),
    );
    const versions = (await Promise.all(uploads)).map(({ version }) => version);
    expect(versions.toSorted()).toEqual([1, 2, 3, 4, 5]);
    await test.client(registry.deleteModel, named('race'));
  });
});

it('offers what comes with the product, and adds it once', async () => {
  const offered = await test.client(registry.bundledDatasets, {});
  for (const { name, format, license } of offered) {
    expect(license).not.toBe('');
    expect(await test.client(registry.addBundledDataset, named(name))).toMatchObject({ name, format });
    await expect(test.client(registry.addBundledDataset, named(name))).rejects.toEqual(
      refusal('dataset.exists'),
    );
    await removeDataset(name);
  }
  await expect(test.client(registry.addBundledDataset, named('nothing'))).rejects.toEqual(
    refusal('dataset.not_found'),
  );
});

it('sweeps at start what a sudden end left behind, and spares what is young or owned', async () => {
  await uploadDataset(test, 'kept');
  const store = join(test.config.home, 'server/store');
  const place = async (path: string, isOld: boolean) => {
    await writeFile(path, 'left');
    if (isOld) await utimes(path, new Date(0), new Date(0));
  };
  const folder = join(store, 'sha256', digestOf(csv).slice(0, 2));
  await utimes(join(folder, digestOf(csv)), new Date(0), new Date(0));
  await place(join(store, 'incoming/old.part'), true);
  await place(join(store, 'incoming/young.part'), false);
  const orphan = digestOf('nobody');
  await mkdir(join(store, 'sha256', orphan.slice(0, 2)), { recursive: true });
  await place(join(store, 'sha256', orphan.slice(0, 2), orphan), true);
  const beside = await startTestAppBeside(test);
  await expect.poll(async () => (await storedFiles()).length).toBe(2);
  await beside.close();
  expect((await storedFiles()).toSorted()).toEqual([digestOf(csv), 'young.part'].toSorted());
});
