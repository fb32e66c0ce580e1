import { createHash, randomBytes } from 'node:crypto';
import { readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { routes } from '@hearth/contract';
import { Upload, type UploadOptions } from 'tus-js-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { csv, digestOf } from '../testing/story.ts';
import { startTestApp, startTestAppBeside, type TestApp } from '../testing/test-app.ts';

const { registry } = routes;
const maxUploadBytes = 2 ** 50;
let test: TestApp;
beforeAll(async () => {
  test = await startTestApp({ tuning: { maxUploadBytes } });
});
afterAll(() => test.close());
beforeEach(async () => {
  for (const { name } of await test.client(registry.listDatasets, {}))
    await test.client(registry.deleteDataset, { params: { name } });
});

const named = (name: string) => ({ params: { name } });
const refusal = (code: string) => expect.objectContaining({ code });
const files = async () => {
  const folder = join(test.config.home, 'server/store/uploads');
  return (await readdir(folder).catch(() => [])).toSorted();
};
const headers = () => ({ authorization: `Bearer ${test.adminToken}` });

/** What tus-js-client makes of it: resolves when it says that all is well. */
function upload(content: Buffer, metadata: Record<string, string>, options: UploadOptions = {}) {
  let current!: Upload;
  const done = new Promise<void>((resolve, reject) => {
    current = new Upload(content, {
      endpoint: `${test.url}/api/v1/uploads`,
      headers: headers(),
      metadata: { kind: 'dataset', name: 'big', filename: 'big.bin', ...metadata },
      retryDelays: null,
      onError: reject,
      onSuccess: () => resolve(),
      ...options,
    });
    current.start();
  });
  return { done, current };
}

/** One request of the protocol by hand; `body` may be cut off after so many bytes. */
function ask(method: string, path: string, more: Record<string, string> = {}, body?: Buffer, cutAt?: number) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string } | undefined>(
    (resolve) => {
      const all = { ...headers(), 'tus-resumable': '1.0.0', ...more };
      const length = body ? { 'content-length': body.length } : {};
      const request = httpRequest(
        `${test.url}${path}`,
        { method, headers: { ...all, ...length } },
        (response) => {
          let text = '';
          response.on('data', (chunk) => {
            text += String(chunk);
          });
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
          );
        },
      );
      request.on('error', () => resolve(undefined));
      if (cutAt === undefined) request.end(body);
      else request.write(body!.subarray(0, cutAt), () => setTimeout(() => request.destroy(), 100));
    },
  );
}
const metadataOf = (fields: Record<string, string>) =>
  Object.entries(fields)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',');
async function create(content: Buffer, fields: Record<string, string> = {}) {
  const metadata = metadataOf({ kind: 'dataset', name: 'big', filename: 'big.bin', ...fields });
  const answer = await ask('POST', '/api/v1/uploads', {
    'upload-length': String(content.length),
    'upload-metadata': metadata,
  });
  return { ...answer!, path: String(answer!.headers.location) };
}
const piece = (offset: number, more: Record<string, string> = {}) => ({
  'content-type': 'application/offset+octet-stream',
  'upload-offset': String(offset),
  ...more,
});

describe('tus-js-client', () => {
  it('sends a data set and a model in pieces; each becomes a version, byte for byte', async () => {
    const bytes = randomBytes(3_000_000);
    await upload(bytes, { sha256: digestOf(bytes) }, { chunkSize: 400_000 }).done;
    const stored = await test.client(registry.downloadDataset, named('big'));
    expect(digestOf(new Uint8Array(await stored.arrayBuffer()))).toBe(digestOf(bytes));
    const onnx = Buffer.from([8, 9, 0x12, 1, 97]);
    const model = { kind: 'model', name: 'net', filename: 'net.onnx', run_id: 'b'.repeat(32) };
    await upload(onnx, model).done;
    await upload(Buffer.from([...onnx, 0]), { ...model, new_version: 'true' }).done;
    const [second] = await test.client(registry.modelVersions, named('net'));
    expect(second).toMatchObject({ version: 2, lineage: { kind: 'run', run_id: 'b'.repeat(32) } });
    expect(await test.client(registry.listUploads, {})).toContainEqual(
      expect.objectContaining({ kind: 'model', version: 2, received_bytes: 6, size_bytes: 6 }),
    );
    expect(await files()).toEqual([]);
    await test.client(registry.deleteModel, named('net'));
  });

  it('goes on where it was cut in the middle of a piece', async () => {
    const bytes = randomBytes(4_000_000);
    const { path } = await create(bytes);
    expect(await ask('PATCH', path, piece(0), bytes, 1_500_000)).toBeUndefined();
    const head = await ask('HEAD', path);
    const offset = Number(head?.headers['upload-offset']);
    expect(offset).toBeGreaterThan(0);
    expect(offset).toBeLessThanOrEqual(1_500_000);
    const sent: number[] = [];
    const onProgress = (bytesSent: number) => void sent.push(bytesSent);
    await upload(bytes, {}, { uploadUrl: `${test.url}${path}`, onProgress }).done;
    expect(sent[0]).toBeGreaterThanOrEqual(offset);
    expect(await test.client(registry.getDataset, named('big'))).toMatchObject({ sha256: digestOf(bytes) });
  });

  it('is told why when the file is not what it is named, and nothing stays', async () => {
    const failed = upload(Buffer.from('just,a,header\n'), { filename: 'a.csv' });
    await expect(failed.done).rejects.toThrow('dataset.unreadable');
    const other = upload(Buffer.from('text'), { sha256: digestOf('another text') });
    await expect(other.done).rejects.toThrow('artifact.digest_mismatch');
    await upload(Buffer.from(csv), { filename: 'a.csv' }).done;
    await expect(upload(Buffer.from(csv), { filename: 'a.csv' }).done).rejects.toThrow('dataset.exists');
    await upload(Buffer.from(csv), { filename: 'a.csv', new_version: 'true' }).done;
    expect(await test.client(registry.getDataset, named('big'))).toMatchObject({ version: 2 });
    expect(await files()).toEqual([]);
  });

  it('can give up', async () => {
    const bytes = randomBytes(100_000);
    const { path } = await create(bytes);
    await Upload.terminate(`${test.url}${path}`, { headers: headers() });
    expect((await ask('HEAD', path))?.status).toBe(404);
    expect(await files()).toEqual([]);
  });
});

describe('the protocol', () => {
  it('refuses what it cannot take, in a sentence', async () => {
    const bytes = Buffer.from(csv);
    const good = metadataOf({ kind: 'dataset', name: 'x', filename: 'x.csv' });
    const begin = (more: Record<string, string>) =>
      ask('POST', '/api/v1/uploads', { 'upload-length': '5', 'upload-metadata': good, ...more });
    expect((await begin({ 'tus-resumable': '0.2.2' }))?.status).toBe(412);
    for (const length of ['', '-1', '1e3', '99999999999999999'])
      expect((await begin({ 'upload-length': length }))?.status, length).toBe(400);
    expect((await begin({ 'upload-length': '0' }))?.status).toBe(400);
    expect((await begin({ 'upload-length': String(maxUploadBytes + 1) }))?.status).toBe(413);
    expect((await begin({ 'upload-length': String(maxUploadBytes) }))?.status, 'no such disk').toBe(507);
    for (const name of ['../x', 'a/b', '', '.hidden'])
      expect(
        (await begin({ 'upload-metadata': metadataOf({ kind: 'dataset', name, filename: 'x' }) }))?.status,
      ).toBe(400);
    const { path } = await create(bytes);
    expect((await ask('PATCH', path, { ...piece(0), 'content-type': 'text/plain' }, bytes))?.status).toBe(
      415,
    );
    expect((await ask('PATCH', path, piece(7), bytes))?.status).toBe(409);
    expect((await ask('PATCH', path, piece(0), Buffer.concat([bytes, bytes])))?.status).toBe(413);
    const wrong = { 'upload-checksum': `sha1 ${createHash('sha1').update('other').digest('base64')}` };
    expect((await ask('PATCH', path, piece(0, wrong), bytes))?.status).toBe(460);
    expect((await ask('PATCH', path, piece(0, { 'upload-checksum': 'crc32 AAAA' }), bytes))?.status).toBe(
      400,
    );
    const right = { 'upload-checksum': `sha1 ${createHash('sha1').update(bytes).digest('base64')}` };
    const last = await ask('PATCH', path, piece(0, right), bytes);
    expect(last).toMatchObject({ status: 204, headers: { 'upload-offset': String(bytes.length) } });
    expect(await files()).toEqual([]);
  });

  it('tells what it can do, and keeps an upload to who began it', async () => {
    const options = await ask('OPTIONS', '/api/v1/uploads');
    expect(options?.headers).toMatchObject({
      'tus-version': '1.0.0',
      'tus-extension': 'creation,expiration,termination,checksum',
      'tus-max-size': String(maxUploadBytes),
    });
    const { path } = await create(Buffer.from(csv));
    const { key } = await test.client(routes.identity.createKey, {
      body: { name: 'other', scopes: ['*'] },
    });
    const owner = await test.database.$client.query(`update uploads set owner_id = 'another' where id = $1`, [
      path.split('/').at(-1),
    ]);
    expect(owner.rowCount).toBe(1);
    expect((await ask('HEAD', path, { authorization: `Bearer ${key}` }))?.status).toBe(404);
    await test.database.$client.query('delete from uploads');
    await Promise.all(
      (await files()).map((file) => rm(join(test.config.home, 'server/store/uploads', file))),
    );
  });

  it('answers 507 when the disk is full, and takes the piece when there is room again', async () => {
    const bytes = Buffer.from(csv);
    const { path } = await create(bytes, { filename: 'x.csv' });
    const file = join(test.config.home, 'server/store/uploads', path.split('/').at(-1)!);
    await rm(file);
    await symlink('/dev/full', file);
    expect((await ask('PATCH', path, piece(0), bytes))?.status).toBe(507);
    await rm(file);
    await writeFile(file, '');
    expect((await ask('PATCH', path, piece(0), bytes))?.status).toBe(204);
  });

  it('lets a newer request end an older one that hangs', async () => {
    const bytes = randomBytes(300_000);
    const { path } = await create(bytes);
    const hanging = httpRequest(`${test.url}${path}`, {
      method: 'PATCH',
      headers: { ...headers(), 'tus-resumable': '1.0.0', ...piece(0), 'content-length': bytes.length },
    });
    hanging.on('error', () => undefined);
    hanging.write(bytes.subarray(0, 100_000));
    await expect
      .poll(async () => (await test.client(registry.listUploads, {}))[0]?.received_bytes)
      .toBe(100_000);
    const head = await ask('HEAD', path);
    expect(head).toMatchObject({ status: 200, headers: { 'upload-offset': '100000' } });
    expect((await ask('PATCH', path, piece(100_000), bytes.subarray(100_000)))?.status).toBe(204);
    hanging.destroy();
    expect(await test.client(registry.getDataset, named('big'))).toMatchObject({ sha256: digestOf(bytes) });
  });

  it('answers plainly when two look at it while it is given up, and begins anew where its file went', async () => {
    const bytes = randomBytes(1000);
    const { path } = await create(bytes);
    const answers = await Promise.all([
      ask('DELETE', path),
      ...Array.from({ length: 8 }, () => ask('HEAD', path)),
    ]);
    for (const answer of answers) expect([200, 204, 404]).toContain(answer?.status);
    const again = await create(bytes);
    await ask('PATCH', again.path, piece(0), bytes.subarray(0, 500));
    await rm(join(test.config.home, 'server/store/uploads', again.path.split('/').at(-1)!));
    expect((await ask('HEAD', again.path))?.headers['upload-offset']).toBe('0');
    expect((await ask('PATCH', again.path, piece(0), bytes))?.status).toBe(204);
    expect(await test.client(registry.getDataset, named('big'))).toMatchObject({ sha256: digestOf(bytes) });
  });

  it('forgets what nobody continued in time', async () => {
    const { path } = await create(Buffer.from(csv));
    expect(await files()).toHaveLength(1);
    await test.database.$client.query(`update uploads set expires_at = now() - interval '1 second'`);
    expect((await ask('HEAD', path))?.status).toBe(404);
    expect(await test.client(registry.listUploads, {})).toEqual([]);
    await expect(
      test.client(registry.getUpload, { params: { id: path.split('/').at(-1)! } }),
    ).rejects.toEqual(refusal('upload.not_found'));
    const beside = await startTestAppBeside(test);
    await expect.poll(files).toEqual([]);
    await beside.close();
  });
});
