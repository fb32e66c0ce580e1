import { type JobEvent, routes } from '@hearth/contract';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { epochEnded, eventAt, finished, logged, ScriptedAgent, started } from '../testing/scripted-agent.ts';
import { type Assignment, digestOf, startRun, uploadDataset } from '../testing/story.ts';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

const { training } = routes;
let test: TestApp;
let agent: ScriptedAgent;
beforeEach(async () => {
  test = await startTestApp();
  await uploadDataset(test, 'flowers');
  agent = await ScriptedAgent.connect(test);
});
afterEach(async () => {
  await agent.close();
  await test.close();
});

const runOf = (session_id: string) => test.client(training.run, { params: { session_id } });
const until = (session_id: string, state: string) =>
  expect.poll(async () => (await runOf(session_id)).status, { timeout: 5000 }).toBe(state);
const resume = (session_id: string, body: { from_start?: boolean } = {}) =>
  test.client(training.resume, { params: { session_id }, body });
const refusal = (message: RegExp) =>
  expect.objectContaining({ code: 'training.not_resumable', message: expect.stringMatching(message) });
const resumeOf = ({ payload }: Assignment) => (payload.kind === 'training' ? payload.resume : undefined);

/** Hands a checkpoint in, as an agent does, and gives the event that tells of it. */
async function checkpoint(job: Assignment, name: string, epoch: number): Promise<JobEvent> {
  const bytes = new Uint8Array(Buffer.from(`${name} after ${epoch} of ${job.jobId}`));
  const sha256 = digestOf(bytes);
  await agent.putArtifact(job, `${name}.checkpoint`, bytes, sha256);
  return { type: 'checkpoint', at: eventAt, name, epoch, sha256, sizeBytes: bytes.length };
}
const stored = async () => {
  const { rows } = await test.database.$client.query('select sha256 from training_checkpoints order by id');
  return rows as { sha256: string }[];
};

it('goes on in the same session from the newest checkpoint: each epoch once, all logs, one model', async () => {
  const { session_id } = await startRun(test, { epochs: 4 });
  const first = await agent.next('job.assign');
  const one = await checkpoint(first, 'a', 1);
  const two = await checkpoint(first, 'b', 2);
  const epochs = [epochEnded(1), one, epochEnded(2), two, epochEnded(3)];
  agent.events(first, 1, [started(), logged('first'), ...epochs, finished('failed')]);
  await until(session_id, 'failed');
  const failed = await runOf(session_id);
  expect(failed).toMatchObject({ attempt: 1, checkpoint: { epoch: 2 }, job_id: first.jobId });

  expect(await resume(session_id)).toMatchObject({
    session_id,
    status: 'running',
    message: expect.stringContaining('after epoch 2'),
  });
  const second = await agent.next('job.assign');
  expect(resumeOf(second)).toMatchObject({
    epoch: 2,
    name: 'b',
    sha256: two.type === 'checkpoint' && two.sha256,
  });
  await expect(resume(session_id)).rejects.toEqual(refusal(/has not ended/));
  const { sha256 } = resumeOf(second)!;
  const file = await test.clientOf(second.jobToken)(routes.jobs.getBlob, { params: { sha256 } });
  expect(await file.text()).toBe(`b after 2 of ${first.jobId}`);

  const model = new Uint8Array(Buffer.from('model'));
  await agent.putArtifact(second, 'model.onnx', model, digestOf(model));
  const last = await checkpoint(second, 'a', 4);
  agent.events(second, 1, [started(), logged('second'), epochEnded(3), epochEnded(4), last, finished()]);
  await until(session_id, 'completed');
  const history = await test.client(training.history, { params: { session_id } });
  expect(history.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
  const logs = await test.client(training.logs, { params: { session_id } });
  expect(logs.map(({ message }) => message)).toEqual(['first', 'second']);
  expect(await runOf(session_id)).toMatchObject({
    attempt: 2,
    job_id: second.jobId,
    run_id: failed.run_id,
    model: { version: 1 },
  });
  const [version] = await test.client(routes.registry.modelVersions, { params: { name: 'mlp_flowers' } });
  expect(version?.artifacts.map(({ name }) => name)).toEqual(['model.onnx']);
  await expect(resume(session_id)).rejects.toEqual(refusal(/come to its end/));
});

it('keeps the newest two checkpoints, and one when the run is done; files of others are gone', async () => {
  const { session_id } = await startRun(test);
  const job = await agent.next('job.assign');
  const told: JobEvent[] = [];
  for (const epoch of [1, 2, 3, 4]) told.push(await checkpoint(job, epoch % 2 ? 'a' : 'b', epoch));
  agent.events(job, 1, [started(), ...told.slice(2)]);
  await agent.acked(job, 3);
  await expect.poll(stored).toHaveLength(2);
  const third = await checkpoint(job, 'a', 5);
  agent.events(job, 4, [third]);
  await expect.poll(async () => (await runOf(session_id)).checkpoint?.epoch).toBe(5);
  await expect.poll(stored).toHaveLength(2);
  const model = new Uint8Array(Buffer.from('model'));
  await agent.putArtifact(job, 'model.onnx', model, digestOf(model));
  agent.events(job, 5, [finished()]);
  await until(session_id, 'completed');
  const newest = third.type === 'checkpoint' ? third.sha256 : '';
  await expect.poll(stored).toEqual([{ sha256: newest }]);
  const files = async () =>
    (
      await test.database.$client.query('select sha256 from blobs where sha256 = any($1)', [
        told.flatMap((event) => (event.type === 'checkpoint' ? event.sha256 : [])),
      ])
    ).rowCount;
  await expect.poll(files).toBe(0);
});

it('begins again from the start only when that is said', async () => {
  const { session_id } = await startRun(test);
  agent.events(await agent.next('job.assign'), 1, [started(), epochEnded(1), finished('failed')]);
  await until(session_id, 'failed');
  await expect(resume(session_id)).rejects.toEqual(refusal(/left no checkpoint/));
  expect(await resume(session_id, { from_start: true })).toMatchObject({
    message: expect.stringContaining('from the start'),
  });
  expect(resumeOf(await agent.next('job.assign'))).toBeNull();
});

it('starts a new session with another’s checkpoint, which stays while it is needed', async () => {
  const { session_id: source } = await startRun(test);
  const job = await agent.next('job.assign');
  const kept = await checkpoint(job, 'a', 7);
  agent.events(job, 1, [started(), kept, finished('failed')]);
  await until(source, 'failed');
  const { session_id } = await startRun(test, { resume_from: source });
  const next = await agent.next('job.assign');
  expect(resumeOf(next)).toMatchObject({ epoch: 0, sha256: kept.type === 'checkpoint' && kept.sha256 });
  expect(await runOf(session_id)).toMatchObject({ attempt: 1, checkpoint: { epoch: 0 } });
  const other = startRun(test, { model_architecture: 'logistic', resume_from: source });
  await expect(other).rejects.toEqual(refusal(/trained mlp, not logistic/));
});

it('goes on once, however many ask at the same time', async () => {
  const { session_id } = await startRun(test);
  agent.events(await agent.next('job.assign'), 1, [started(), finished('failed')]);
  await until(session_id, 'failed');
  const asked = await Promise.allSettled(
    Array.from({ length: 40 }, () => resume(session_id, { from_start: true })),
  );
  expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const one of asked) if (one.status === 'rejected') expect(one.reason).toEqual(refusal(/not ended/));
});

it('knows no stranger', async () => {
  await expect(resume('sess_000000000000')).rejects.toEqual(
    expect.objectContaining({ code: 'training.not_found' }),
  );
});
