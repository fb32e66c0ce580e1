import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PullPayload } from '@hearth/contract';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/folder.ts';
import { makeGguf } from '../testing/gguf.ts';
import { HubStandIn } from '../testing/hub-stand-in.ts';
import { jobContext } from '../testing/job-context.ts';
import { ScriptedServer } from '../testing/scripted-server.ts';
import { findProcess } from './process-table.ts';
import { artifactName, pullJob } from './pull.job.ts';

async function setUp(source: (hub: HubStandIn) => string, sha256?: string) {
  const server = await ScriptedServer.start();
  const hub = await HubStandIn.start();
  const payload: PullPayload = { kind: 'pull', source: source(hub), modelName: 'm', sha256 };
  const job = server.assign(payload);
  const folder = await temporaryFolder();
  const { jobId, leaseId, token: jobToken } = job;
  const { context, told, abort } = await jobContext(folder, payload, {
    jobId,
    leaseId,
    jobToken,
    serverUrl: server.url,
  });
  context.config = { ...context.config, hubUrl: hub.url };
  return { server, hub, job, folder, context, told, abort };
}
const model = makeGguf(200_000);
const sha256 = createHash('sha256').update(model).digest('hex');

it('pulls from the hub: pinned to a commit, checked, uploaded, kept under its digest', async () => {
  const { hub, context, told, job, folder } = await setUp(() => 'hf:owner/repo/sub dir/model.Q4_0.gguf');
  hub.files.set('owner/repo/sub dir/model.Q4_0.gguf', model);
  hub.cutAfterBytes = 120_000;
  const result = await pullJob(context);
  expect(result).toMatchObject({
    task: 'text-generation',
    architecture: 'llama',
    repository: 'owner/repo',
    revision: hub.commit,
  });
  expect(job.artifacts.get('model.Q4_0.gguf')?.equals(model)).toBe(true);
  expect((await readFile(join(folder, 'cache', sha256))).equals(model)).toBe(true);
  expect(await readdir(join(folder, 'cache/pulls'))).toEqual([]);
  expect(told.at(-1)).toMatchObject({ type: 'artifact', sha256, sizeBytes: model.length, format: 'gguf' });
  const progress = told.flatMap((event) => (event.type === 'progress' ? [event.progress] : []));
  expect(progress.at(-1)).toEqual({ done: model.length, total: model.length, unit: 'bytes' });
  expect(hub.requests[0]).toBe('hub HEAD /owner/repo/resolve/main/sub%20dir/model.Q4_0.gguf');
  expect(hub.requests).toContain('storage GET bytes=120000-');
  expect(hub.violations).toEqual([]);
});

it('goes on, in another job, with what a stopped one has left', async () => {
  const { hub, context, abort, folder, server } = await setUp(() => 'hf:owner/repo/model.gguf');
  hub.files.set('owner/repo/model.gguf', model);
  hub.cutAfterBytes = 90_000;
  // Told of every piece, and stopped in the second attempt: then the first one's bytes are on the disk for certain.
  const tell = context.tell;
  context.tell = (event) => {
    tell(event);
    if (event.type === 'progress' && event.progress.done > 90_000) abort.abort();
  };
  await expect(pullJob(context)).rejects.toThrow('abort');
  const left = (await readdir(join(folder, 'cache/pulls'))).filter((name) => name.endsWith('.part'));
  expect(left).toHaveLength(1);

  hub.cutAfterBytes = undefined;
  const job = server.assign(context.assignment.payload);
  const { jobId, leaseId, token: jobToken } = job;
  const again = await jobContext(folder, job.payload, { jobId, leaseId, jobToken, serverUrl: server.url });
  again.context.config = context.config;
  await pullJob(again.context);
  expect(hub.requests.at(-1)).toMatch(/^storage GET bytes=[1-9]/);
  expect(job.artifacts.get('model.gguf')?.equals(model)).toBe(true);
});

it('refuses bytes that are not what the hub, or the order, promised', async () => {
  const one = await setUp(() => 'hf:owner/repo/model.gguf');
  one.hub.files.set('owner/repo/model.gguf', model);
  one.hub.servesOtherBytes = true;
  await expect(pullJob(one.context)).rejects.toMatchObject({ code: 'artifact.digest_mismatch' });
  expect(one.job.artifacts.size).toBe(0);
  expect((await readdir(join(one.folder, 'cache/pulls'))).filter((name) => name.endsWith('.part'))).toEqual(
    [],
  );

  const two = await setUp((hub) => `${hub.storageUrl}/blobs/o/r/model.gguf`, '0'.repeat(64));
  two.hub.files.set('o/r/model.gguf', model);
  await expect(pullJob(two.context)).rejects.toMatchObject({ code: 'artifact.digest_mismatch' });
});

it('explains a gated repository, a missing file and a page that is no model', async () => {
  const { hub, context } = await setUp(() => 'hf:owner/repo/model.gguf');
  await expect(pullJob(context)).rejects.toThrow('The hub has no such file');
  hub.token = 'secret';
  await expect(pullJob(context)).rejects.toThrow('set HF_TOKEN');
  hub.files.set('owner/repo/model.gguf', Buffer.from('<!DOCTYPE html><html>sign in</html>'));
  context.config = { ...context.config, hubToken: 'secret' };
  await expect(pullJob(context)).rejects.toMatchObject({ code: 'model.unreadable' });
  hub.files.set('owner/repo/model.gguf', model.subarray(0, 100));
  await expect(pullJob(context)).rejects.toMatchObject({ code: 'model.unreadable' });
  expect(hub.violations).toEqual([]);
});

it('takes a file of this machine, by its absolute path only, and leaves it where it is', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'own model.gguf');
  await writeFile(path, model);
  const { context, job } = await setUp(() => `file:${path}`);
  expect(await pullJob(context)).toMatchObject({ task: 'text-generation', path });
  expect([...job.artifacts.keys()]).toEqual(['own-model.gguf']);
  expect((await readFile(path)).equals(model)).toBe(true);
  for (const source of [
    'file:model.gguf',
    'file:../x',
    `file:${folder}`,
    'file:/dev/null',
    'file:/no/such',
  ]) {
    const { context: other } = await setUp(() => source);
    await expect(pullJob(other)).rejects.toMatchObject({ code: 'pull.bad_source' });
  }
});

it('lets only one living job at a time pull a source', async () => {
  const { hub, context, folder } = await setUp(() => 'hf:owner/repo/model.gguf');
  hub.files.set('owner/repo/model.gguf', model);
  hub.failures = 100;
  context.signal = AbortSignal.timeout(300);
  await expect(pullJob(context)).rejects.toThrow();
  const pulls = join(folder, 'cache/pulls');
  const [lock = ''] = (await readdir(pulls)).filter((name) => name.endsWith('.lock'));
  hub.failures = 0;
  context.signal = new AbortController().signal;
  const startTicks = findProcess(process.ppid)?.startTicks;
  await writeFile(join(pulls, lock), `${process.ppid} ${startTicks}`);
  await expect(pullJob(context)).rejects.toMatchObject({ code: 'pull.busy' });
  await writeFile(join(pulls, lock), `${process.ppid} 1`);
  await pullJob(context);
  expect(await readdir(pulls)).toEqual([]);
});

it('makes names the server takes', () => {
  expect(artifactName('модель v1.gguf')).toBe('v1.gguf');
  expect(artifactName('..')).toBe('model');
  expect(artifactName('a'.repeat(300))).toHaveLength(120);
});
