import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { routes } from '@hearth/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

const { mlflow, tracking } = routes;
let test: TestApp;
let root: string;
let run_id: string;
beforeAll(async () => {
  test = await startTestApp();
  ({ run_id } = (await test.client(mlflow.createRun, { body: {} })).run.info);
  root = `0/${run_id}/artifacts`;
});
afterAll(() => test.close());

const place = (path: string) => ({ params: { '*': `${root}/${path}` } });
const put = (path: string, body: string) => test.client(mlflow.putArtifact, { ...place(path), body });
const text = async (path: string) => (await test.client(mlflow.getArtifact, place(path))).text();

/** Sends 100 MB and reads them back, in a process of its own, so that only the server's memory is looked at. */
const sender = `
  const [url, token] = process.argv.slice(1);
  const headers = { authorization: 'Bearer ' + token };
  const piece = new Uint8Array(1024 * 1024).fill(7);
  let left = 100;
  const body = new ReadableStream({ pull: (to) => void (left-- > 0 ? to.enqueue(piece) : to.close()) });
  const sent = await fetch(url, { method: 'PUT', headers, body, duplex: 'half' });
  const back = await fetch(url, { headers });
  let count = 0;
  for await (const chunk of back.body) count += chunk.length;
  process.stdout.write([sent.status, back.status, count].join(' '));
`;

describe('files of a run', () => {
  it('come back as they were sent, are listed by folder, replaced and deleted', async () => {
    await put('a.txt', 'one');
    await put('a.txt', 'two');
    await put('folder/ü b.txt', 'three');
    await put('folder/deep/c', '');
    expect(await text('a.txt')).toBe('two');
    expect(await text('folder/ü b.txt')).toBe('three');
    const listed = async (path?: string) =>
      (await test.client(mlflow.listRunArtifacts, { query: { run_id, path } })).files;
    expect(await listed()).toEqual([
      { path: 'a.txt', is_dir: false, file_size: 3 },
      { path: 'folder', is_dir: true },
    ]);
    expect((await listed('folder')).map(({ path }) => path)).toEqual(['folder/deep', 'folder/ü b.txt']);
    const { files } = await test.client(mlflow.listArtifacts, { query: { path: `${root}/folder` } });
    expect(files.map(({ path }) => path)).toEqual(['deep', 'ü b.txt']);
    const { items } = await test.client(tracking.artifacts, { params: { run_id } });
    expect(items).toContainEqual({ path: 'a.txt', is_dir: false, size_bytes: 3 });
    const file = await test.client(tracking.downloadArtifact, {
      params: { run_id },
      query: { path: 'a.txt' },
    });
    expect(await file.text()).toBe('two');
    await test.client(mlflow.deleteArtifact, place('folder'));
    expect((await listed()).map(({ path }) => path)).toEqual(['a.txt']);
  });

  it('of 100 MB pass through in small pieces, both ways', async () => {
    let most = 0;
    const before = process.memoryUsage().rss;
    const watching = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 5);
    const url = `${test.url}/api/2.0/mlflow-artifacts/artifacts/${root}/large.bin`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', sender, url, test.adminToken]);
    let printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (piece: string) => {
        printed += piece;
      });
    await once(child, 'close');
    clearInterval(watching);
    expect(printed).toBe('200 200 104857600');
    expect((most - before) / 1024 ** 2).toBeLessThan(80);
  });

  it('stay inside the run', async () => {
    for (const path of ['../x', 'a/../../x', 'a%2F..%2F..%2Fx', '%2e%2e/x', 'a%5Cb']) {
      const init = { method: 'PUT', headers: { authorization: `Bearer ${test.adminToken}` }, body: 'x' };
      const response = await fetch(`${test.url}/api/2.0/mlflow-artifacts/artifacts/${root}/${path}`, init);
      expect([400, 404], path).toContain(response.status);
    }
    await expect(test.client(mlflow.getArtifact, place('none'))).rejects.toMatchObject({ status: 404 });
    const nobody = { params: { '*': `0/${'f'.repeat(32)}/artifacts/x` }, body: 'x' };
    await expect(test.client(mlflow.putArtifact, nobody)).rejects.toMatchObject({ status: 404 });
  });
});

describe('uploads in parts', () => {
  const begin = (num_parts: number) =>
    test.client(mlflow.createUpload, { params: { '*': root }, body: { path: '/tmp/big.bin', num_parts } });
  const send = (url: string, headers: Record<string, string>, body: string) =>
    fetch(url, { method: 'PUT', headers, body });

  it('are put together in the order of their numbers, whatever the order they come in', async () => {
    const { upload_id, credentials } = await begin(3);
    const parts = [];
    for (const { url, part_number, headers } of credentials.toReversed()) {
      const response = await send(url, headers, `part ${part_number}. `);
      parts.push({ part_number, etag: response.headers.get('etag')! });
    }
    const complete = { params: { '*': root }, body: { path: 'big.bin', upload_id, parts } };
    await test.client(mlflow.completeUpload, complete);
    expect(await text('big.bin')).toBe('part 1. part 2. part 3. ');
    await expect(test.client(mlflow.completeUpload, complete)).rejects.toMatchObject({ status: 404 });
  });

  it('are nobody’s but the beginner’s, and gone when given up', async () => {
    const { upload_id, credentials } = await begin(2);
    const [first] = credentials;
    expect((await send(first!.url, {}, 'x')).status).toBe(401);
    expect((await send(first!.url, first!.headers, 'x')).status).toBe(200);
    const parts = [1, 2].map((part_number) => ({ part_number }));
    const whole = { params: { '*': root }, body: { path: 'big.bin', upload_id, parts } };
    await expect(test.client(mlflow.completeUpload, whole)).rejects.toMatchObject({ status: 404 });
    await test.client(mlflow.abortUpload, whole);
    expect((await send(first!.url, first!.headers, 'x')).status).toBe(404);
    await expect(begin(0)).rejects.toMatchObject({ status: 400 });
  });
});
