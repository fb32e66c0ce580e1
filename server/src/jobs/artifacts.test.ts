import { randomBytes } from 'node:crypto';
import { routes } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { finished, ScriptedAgent, started } from '../testing/scripted-agent.ts';
import { asForm, digestOf, startRun, uploadDataset } from '../testing/story.ts';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

const { jobs, registry } = routes;
const refusal = (code: string) => expect.objectContaining({ code });
let test: TestApp;
beforeAll(async () => {
  test = await startTestApp({ tuning: { maxUploadBytes: 4_000_000 } });
  await uploadDataset(test, 'flowers');
});
afterAll(() => test.close());

it('are checked, may be sent again, and go when the job does not need them', async () => {
  const agent = await ScriptedAgent.connect(test);
  await startRun(test);
  const job = await agent.next('job.assign');
  const bytes = new Uint8Array(randomBytes(3_000_000));
  const put = (sha256: string) => agent.putArtifact(job, 'model.onnx', bytes, sha256);
  await expect(put('0'.repeat(64))).rejects.toEqual(refusal('artifact.digest_mismatch'));
  const sha256 = digestOf(bytes);
  expect(await put(sha256)).toEqual({ sha256, size_bytes: 3_000_000 });
  expect(await put(sha256)).toEqual({ sha256, size_bytes: 3_000_000 });
  const blob = () => test.clientOf(job.jobToken)(jobs.getBlob, { params: { sha256 } });
  expect(digestOf(new Uint8Array(await (await blob()).arrayBuffer()))).toBe(sha256);
  const large = new Uint8Array(20_000_000);
  const tooLarge = agent.putArtifact(job, 'b.onnx', large, digestOf(large));
  await expect(tooLarge).rejects.toEqual(refusal('request.too_large'));
  const stranger = { ...job, jobId: crypto.randomUUID() };
  await expect(agent.putArtifact(stranger, 'a.onnx', bytes, sha256)).rejects.toEqual(
    refusal('job.foreign_lease'),
  );
  agent.events(job, 1, [started(), finished('failed')]);
  await agent.acked(job, 2);
  await expect(put(sha256)).rejects.toEqual(refusal('auth.required'));
  await expect
    .poll(
      async () => (await test.database.$client.query('select 1 from blobs where sha256 = $1', [sha256])).rows,
    )
    .toEqual([]);
  await agent.close();
});

it('refuses what is far too large in words, not by cutting the line', async () => {
  const body = asForm(new Uint8Array(30_000_000), 'a.bin');
  const upload = test.client(registry.uploadDataset, { query: { dataset_name: 'large' }, body });
  await expect(upload).rejects.toEqual(refusal('request.too_large'));
});
