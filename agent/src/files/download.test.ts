import { randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../testing/folder.ts';
import { HubStandIn } from '../testing/hub-stand-in.ts';
import { download, parseContentRange } from './download.ts';
import { follow } from './follow.ts';

const signal = new AbortController().signal;
const wait = () => 5;

async function setUp(size = 300_000) {
  const hub = await HubStandIn.start();
  const bytes = randomBytes(size);
  hub.files.set('o/r/f.bin', bytes);
  const part = join(await temporaryFolder(), 'f.part');
  const url = `${hub.storageUrl}/blobs/o/r/f.bin`;
  const progress: [number, number | null][] = [];
  const onProgress = (done: number, total: number | null) => progress.push([done, total]);
  const fetchIt = (more: object = {}) => download({ url, part, signal, wait, onProgress, ...more });
  return { hub, bytes, part, url, progress, fetchIt };
}

it('goes on where it was cut, as often as it takes', async () => {
  const { hub, bytes, part, fetchIt, progress } = await setUp();
  hub.cutAfterBytes = 100_000;
  await fetchIt();
  expect((await readFile(part)).equals(bytes)).toBe(true);
  expect(hub.requests).toEqual([
    'storage GET whole',
    'storage GET bytes=100000-',
    'storage GET bytes=200000-',
  ]);
  expect(progress.at(-1)).toEqual([bytes.length, bytes.length]);
  expect(hub.violations).toEqual([]);
});

it('starts over when the file has changed meanwhile', async () => {
  const { hub, part, fetchIt } = await setUp();
  hub.cutAfterBytes = 100_000;
  await expect(fetchIt({ patience: 0 })).rejects.toThrow('cut');
  const other = randomBytes(250_000);
  hub.files.set('o/r/f.bin', other);
  hub.cutAfterBytes = undefined;
  await fetchIt();
  expect((await readFile(part)).equals(other)).toBe(true);
  expect(hub.requests.at(-1)).toBe('storage GET bytes=100000-');
});

it('starts over where the server knows no ranges, or vouches only weakly', async () => {
  for (const fault of ['ignoresRange', 'weakTags'] as const) {
    const { hub, bytes, part, fetchIt } = await setUp();
    hub[fault] = true;
    hub.cutAfterBytes = 100_000;
    await expect(fetchIt({ patience: 0 })).rejects.toThrow('cut');
    hub.cutAfterBytes = undefined;
    await fetchIt();
    expect((await readFile(part)).equals(bytes)).toBe(true);
    expect(hub.violations).toEqual([]);
  }
});

it('is done when all of an unchanging file is there already, and starts over when too much is', async () => {
  const { hub, bytes, part, fetchIt } = await setUp();
  await writeFile(part, bytes);
  await fetchIt({ immutable: true });
  expect(hub.requests).toEqual(['storage GET bytes=300000-']);
  await writeFile(part, Buffer.concat([bytes, bytes]));
  await fetchIt({ immutable: true });
  expect((await readFile(part)).equals(bytes)).toBe(true);
});

it('waits out a busy server, but not one that says no', async () => {
  const { hub, fetchIt } = await setUp();
  hub.failures = 3;
  await fetchIt();
  expect(hub.requests).toHaveLength(4);
  hub.failures = 100;
  await expect(fetchIt({ part: `${hub.commit}`, patience: 2 })).rejects.toThrow('503');
  await expect(fetchIt({ url: `${hub.storageUrl}/blobs/o/r/none` })).rejects.toMatchObject({ status: 404 });
});

it('refuses before the first byte when there is no room, and can be stopped', async () => {
  const { part, fetchIt } = await setUp();
  const onSize = async (bytes: number) => {
    throw new Error(`no room for ${bytes}`);
  };
  await expect(fetchIt({ onSize })).rejects.toThrow('no room for 300000');
  await expect(stat(part)).rejects.toThrow();
  await expect(fetchIt({ signal: AbortSignal.abort() })).rejects.toThrow('abort');
});

it('takes silence for a cut', async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-length': 10 }).write('12345');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const part = join(await temporaryFolder(), 'f.part');
  await expect(download({ url, part, signal, wait, stallMs: 100, patience: 1 })).rejects.toThrow('cut');
});

it('shows a token only to the origin it is for, and the stand-in would tell', async () => {
  const { hub, url } = await setUp();
  hub.token = 'secret';
  const headers = { authorization: 'Bearer secret' };
  const { response } = await follow(`${hub.url}/o/r/resolve/main/f.bin`, { headers });
  expect(response.status).toBe(200);
  await response.body?.cancel();
  expect(hub.violations).toEqual([]);
  expect((await follow(url, { headers })).response.status).toBe(400);
  expect((await fetch(url)).status).toBe(400);
  const badRange = { range: 'bytes=1-2', 'user-agent': 'hearth/1', 'accept-encoding': 'identity' };
  expect((await fetch(url, { headers: badRange })).status).toBe(400);
  expect(hub.violations).toEqual(['a token was shown to another origin', 'no User-Agent', 'range bytes=1-2']);
});

it('reads Content-Range', () => {
  expect(parseContentRange('bytes 5-9/10')).toEqual({ start: 5, total: 10 });
  expect(parseContentRange('bytes 5-9/*')).toEqual({ start: 5, total: undefined });
  expect(parseContentRange('bytes */10')).toEqual({ start: undefined, total: 10 });
  expect(parseContentRange('lines 1-2/3')).toBeUndefined();
});
