import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobEvent, JobPayload } from '@hearth/contract';
import { expect, it, onTestFinished } from 'vitest';
import { makeFolders } from '../folders.ts';
import { createLog } from '../log.ts';
import { temporaryFolder } from '../testing/folder.ts';
import { outputOf, scriptPayload } from '../testing/scripts.ts';
import { JobDirectory } from './job-directory.ts';
import { Launcher } from './launcher.ts';
import { NodeJob } from './node-job.ts';

/** A job on its own: no timer looks after it, so whatever leaves it leaves because something happened. */
async function startAlone(payload: JobPayload, blobs: Map<string, Buffer>) {
  const folders = makeFolders(await temporaryFolder());
  for (const [sha256, bytes] of blobs) await writeFile(join(folders.cache, sha256), bytes);
  const launcher = new Launcher(undefined);
  onTestFinished(() => launcher.stop());
  const ids = { jobId: randomUUID(), leaseId: randomUUID(), jobToken: '', serverUrl: 'http://127.0.0.1:1' };
  const assignment = { ...ids, payload, gpus: [], gang: null };
  const directory = JobDirectory.create(folders.jobs, assignment);
  const events: JobEvent[] = [];
  let wake: () => void = () => undefined;
  const job: NodeJob = new NodeJob({
    assignment,
    directory,
    folders,
    launcher,
    log: createLog('silent'),
    onDone: () => void job.forget(),
    send(message) {
      if (message.type === 'job.events') events.push(...message.events);
      wake();
      return true;
    },
  });
  job.outbox.resume(0);
  job.start();
  const until = async (what: () => boolean) => {
    while (!what()) await new Promise<void>((resolve) => (wake = () => setImmediate(resolve)));
  };
  return { job, events, until };
}
const types = (events: JobEvent[]) => events.map(({ type }) => type);

it('sends a script’s beginning, words and end because they happened, not because a timer looked', async () => {
  const blobs = new Map<string, Buffer>();
  const addBlob = (bytes: Buffer) => {
    const sha256 = String(blobs.size).padStart(64, '0');
    blobs.set(sha256, bytes);
    return { sha256, sizeBytes: bytes.length };
  };
  const run = '#!/bin/sh\necho one\nsleep 0.3\necho two\nsleep 0.3\n';
  const payload = scriptPayload({ addBlob }, { run }, { runtime: { type: 'executable' } });
  const { job, events, until } = await startAlone(payload, blobs);
  await until(() => types(events).includes('started'));
  await until(() => outputOf(events, 'stdout').startsWith('one\n'));
  await until(() => outputOf(events, 'stdout') === 'one\ntwo\n');
  expect(types(events)).not.toContain('finished');
  await until(() => types(events).includes('finished'));
  expect(events.at(-1)).toMatchObject({ outcome: 'completed', exitCode: 0 });
  expect(job.isDone).toBe(false);
  job.acknowledge(events.length);
  expect(job.isDone).toBe(true);
});

it('sends what a process of ours writes to its journal likewise', async () => {
  const payload: JobPayload = { kind: 'pull', source: 'file:/nowhere/to/be/found', modelName: 'm' };
  const { events, until } = await startAlone(payload, new Map());
  await until(() => types(events).includes('finished'));
  expect(types(events)[0]).toBe('started');
  expect(events.at(-1)).toMatchObject({ outcome: 'failed' });
});
