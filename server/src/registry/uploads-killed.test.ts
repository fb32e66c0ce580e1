import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Route, routes, urlOf } from '@hearth/contract';
import { type TestDatabase, testDatabase } from '@hearth/launcher/testing';
import { Upload } from 'tus-js-client';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';

const key = 'key of the test';
const headers = { authorization: `Bearer ${key}` };
const sizeBytes = 160 * 1024 * 1024;
const chunkSize = 8 * 1024 * 1024;
const children: ChildProcess[] = [];
let home: string;
let database: TestDatabase;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'hearth-killed-'));
  database = await testDatabase();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  await database.drop();
  await rm(home, { recursive: true });
});

async function startServer(): Promise<{ child: ChildProcess; url: string }> {
  const settings = { DATABASE_URL: database.url, HEARTH_HOME: home, API_HOST: '127.0.0.1', API_PORT: '0' };
  const child = fork(join(import.meta.dirname, '../main.ts'), ['--api-keys', key], {
    cwd: home,
    env: { PATH: process.env.PATH, ...settings },
    execArgv: [],
    silent: true,
  });
  children.push(child);
  const [message] = (await once(child, 'message')) as [{ url: string }];
  return { child, url: message.url };
}

/** Megabytes that differ from each other, from a counter. */
async function writeLarge(path: string): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'w');
  const block = Buffer.alloc(1024 * 1024, 'hearth');
  for (let index = 0; index < sizeBytes / block.length; index += 1) {
    block.writeUInt32LE(index, 0);
    hash.update(block);
    await file.write(block);
  }
  await file.close();
  return hash.digest('hex');
}

const peakMb = async ({ pid }: ChildProcess) =>
  Number(/VmHWM:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
const get = async (base: string, route: Route, input: object) =>
  (await fetch(base + urlOf(route, input), { headers })).json() as Promise<Record<string, unknown>>;

it('survives kills of the server between and within pieces, in bounded memory', async () => {
  const path = join(home, 'large.bin');
  const sha256 = await writeLarge(path);
  let server = await startServer();
  let idleMb = 0;
  let uploadUrl: string | null = null;
  const kills = [5, 15, 30].map((mb) => mb * 1024 * 1024);
  const atKill: number[] = [];
  let isKilled: boolean;
  do {
    isKilled = await new Promise<boolean>((resolve, reject) => {
      const upload = new Upload(createReadStream(path), {
        ...{ endpoint: `${server.url}/api/v1/uploads`, headers, chunkSize, retryDelays: null },
        ...(uploadUrl === null ? {} : { uploadUrl: server.url + new URL(uploadUrl).pathname }),
        uploadSize: sizeBytes,
        metadata: { kind: 'dataset', name: 'large', filename: 'large.bin', sha256 },
        onProgress: (sent) => {
          if (kills[0] === undefined || sent < kills[0] || !server.child.kill('SIGKILL')) return;
          kills.shift();
          atKill.push(sent);
        },
        onError: (error) => (server.child.killed ? resolve(true) : reject(error)),
        onSuccess: () => resolve(false),
        onUploadUrlAvailable: () => {
          uploadUrl = upload.url;
        },
      });
      upload.start();
    });
    if (isKilled) server = await startServer();
    idleMb = isKilled ? await peakMb(server.child) : idleMb;
  } while (isKilled);
  expect(atKill, 'each kill hit an upload on its way').toHaveLength(3);
  for (const sent of atKill) expect(sent).toBeLessThan(sizeBytes);
  const stored = await get(server.url, routes.registry.getDataset, { params: { name: 'large' } });
  expect(stored).toMatchObject({ sha256, size_bytes: sizeBytes, version: 1 });
  expect((await peakMb(server.child)) - idleMb).toBeLessThan(80);
}, 180_000);
