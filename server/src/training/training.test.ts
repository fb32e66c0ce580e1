import { routes } from '@hearth/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  enrol,
  epochEnded,
  finished,
  logged,
  ScriptedAgent,
  started,
  stepDone,
} from '../testing/scripted-agent.ts';
import { digestOf, playRun, startRun, uploadDataset } from '../testing/story.ts';
import { startTestApp, startTestAppBeside, type TestApp } from '../testing/test-app.ts';

const { training, registry } = routes;
let test: TestApp;
beforeEach(async () => {
  test = await startTestApp();
  await uploadDataset(test, 'flowers');
});
afterEach(() => test.close());

const statusOf = async (session_id: string) =>
  (await test.client(training.status, { params: { session_id } })).state;
const until = async (session_id: string, state: string) =>
  expect.poll(() => statusOf(session_id), { timeout: 5_000 }).toBe(state);
const refusal = (code: string) => expect.objectContaining({ code });

describe('a run', () => {
  it('is trained, registered with its lineage, and shown with exactly its epochs', async () => {
    const agent = await ScriptedAgent.connect(test);
    const { session_id, status } = await startRun(test);
    expect(status).toBe('running');
    const job = await agent.next('job.assign');
    expect(job.payload).toMatchObject({
      kind: 'training',
      sessionId: session_id,
      dataset: { name: 'flowers' },
    });
    await playRun(agent, job, 3);
    await until(session_id, 'completed');

    const params = { session_id };
    const history = await test.client(training.history, { params });
    expect(history.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(await test.client(training.metrics, { params })).toEqual(history[2]);
    const run = await test.client(training.run, { params });
    expect(run).toMatchObject({
      status: 'completed',
      current_epoch: 3,
      model: { name: 'mlp_flowers', version: 1 },
    });
    const [version] = await test.client(registry.modelVersions, { params: { name: 'mlp_flowers' } });
    const bytes = `onnx of ${job.jobId}`;
    expect(version).toMatchObject({
      task: 'classification',
      lineage: {
        kind: 'run',
        session_id,
        run_id: expect.stringMatching(/^[0-9a-f]{32}$/),
        dataset_name: 'flowers',
        dataset_version: 1,
        dataset_sha256: job.payload.kind === 'training' && job.payload.dataset.sha256,
      },
      artifacts: [{ name: 'model.onnx', format: 'onnx', sha256: digestOf(bytes) }],
    });
    const file = await test.client(registry.downloadModel, { params: { name: 'mlp_flowers' } });
    expect(await file.text()).toBe(bytes);
    await agent.close();
  });

  it('trained again becomes the next version', async () => {
    const agent = await ScriptedAgent.connect(test);
    for (const version of [1, 2]) {
      const { session_id } = await startRun(test);
      await playRun(agent, await agent.next('job.assign'), 1);
      await until(session_id, 'completed');
      const run = await test.client(training.run, { params: { session_id } });
      expect(run.model).toEqual({ name: 'mlp_flowers', version });
    }
    await agent.close();
  });

  it('that hands in no model has failed', async () => {
    const agent = await ScriptedAgent.connect(test);
    const { session_id } = await startRun(test);
    agent.events(await agent.next('job.assign'), 1, [started(), finished()]);
    await until(session_id, 'failed');
    expect(await test.client(registry.listModels, {})).toEqual([]);
    await agent.close();
  });

  it('keeps its logs in order, and every point of its series', async () => {
    const agent = await ScriptedAgent.connect(test);
    const { session_id } = await startRun(test);
    const job = await agent.next('job.assign');
    agent.events(job, 1, [started(), logged('one\0two'), logged('three'), epochEnded(1)]);
    agent.events(
      job,
      5,
      Array.from({ length: 500 }, (_, step) => stepDone(step)),
    );
    await agent.acked(job, 504);
    const params = { session_id };
    const lines = await test.client(training.logs, { params, query: { limit: 2 } });
    expect(lines.map(({ message }) => message)).toEqual(['one\uFFFDtwo', 'three']);
    const { run_id } = await test.client(training.run, { params });
    const { items } = await test.client(routes.tracking.series, { params: { run_id } });
    expect(items.find(({ key }) => key === 'step_loss')).toMatchObject({ points: 500, last: { step: 499 } });
    agent.events(job, 505, [finished('failed')]);
    await until(session_id, 'failed');
    expect(await test.client(routes.tracking.run, { params: { run_id } })).toMatchObject({
      status: 'FAILED',
    });
    await agent.close();
  });
});

describe('the queue', () => {
  it('runs as many as the cap says, queues the next, and takes them first in, first out', async () => {
    const agent = await ScriptedAgent.connect(test);
    const runs = [await startRun(test), await startRun(test), await startRun(test)];
    expect(runs.map(({ status }) => status)).toEqual(['running', 'queued', 'queued']);
    const ids = runs.map(({ session_id }) => session_id);
    const queued = await test.client(training.queue, {});
    expect(queued.map(({ session_id }) => session_id)).toEqual(ids.slice(1));
    for (const id of ids) {
      const job = await agent.next('job.assign');
      expect(job.payload).toMatchObject({ sessionId: id });
      expect(agent.received.filter(({ type }) => type === 'job.assign')).toEqual([]);
      await playRun(agent, job, 1);
      await until(id, 'completed');
    }
    await agent.close();
  });

  it('takes larger priorities first', async () => {
    const [low, high] = [await startRun(test), await startRun(test, { priority: 5 })];
    const queued = await test.client(training.queue, {});
    expect(queued.map(({ session_id }) => session_id)).toEqual([high.session_id, low.session_id]);
  });

  it('survives a restart of the server', async () => {
    const { session_id } = await startRun(test);
    const again = await startTestAppBeside(test);
    const credentials = await enrol(again);
    const agent = await ScriptedAgent.connect(again, credentials);
    const job = await agent.next('job.assign');
    expect(job.payload).toMatchObject({ sessionId: session_id });
    await agent.close();
    await again.close();
  });

  it('lets a queued run be taken out, once', async () => {
    const { session_id } = await startRun(test);
    const params = { session_id };
    await test.client(training.unqueue, { params });
    expect(await statusOf(session_id)).toBe('stopped');
    await expect(test.client(training.unqueue, { params })).rejects.toEqual(refusal('training.not_queued'));
    await expect(test.client(training.stop, { params })).rejects.toEqual(refusal('training.not_active'));
    const agent = await ScriptedAgent.connect(test);
    await expect(agent.next('job.assign', undefined, 300)).rejects.toThrow('No job.assign');
    await agent.close();
  });
});

describe('stopping', () => {
  it('answers when the node has proven it, and stays stopped whatever comes later', async () => {
    const agent = await ScriptedAgent.connect(test);
    const { session_id } = await startRun(test);
    const job = await agent.next('job.assign');
    agent.events(job, 1, [started(), epochEnded(1)]);
    await agent.acked(job, 2);
    const stopping = test.client(training.stop, { params: { session_id } });
    await agent.next('job.cancel', ({ jobId }) => jobId === job.jobId);
    expect(await test.client(training.run, { params: { session_id } })).toMatchObject({
      status: 'running',
      stopping: true,
    });
    agent.events(job, 3, [finished('stopped')]);
    expect((await stopping).message).toMatch(/no process of it is left/);
    agent.events(job, 4, [epochEnded(2), finished('completed')]);
    await agent.next('job.drop');
    expect(await statusOf(session_id)).toBe('stopped');
    expect(await test.client(training.history, { params: { session_id } })).toHaveLength(1);
    expect(await test.client(registry.listModels, {})).toEqual([]);
    await agent.close();
  });

  it('does not undo a run that completed in the race', async () => {
    const agent = await ScriptedAgent.connect(test);
    const { session_id } = await startRun(test);
    const job = await agent.next('job.assign');
    const stopping = test.client(training.stop, { params: { session_id } });
    await agent.next('job.cancel');
    await playRun(agent, job, 1);
    await stopping;
    expect(await statusOf(session_id)).toBe('completed');
    await agent.close();
  });
});

describe('refusals', () => {
  it('names what does not fit', async () => {
    await uploadDataset(test, 'tale', 'Once upon a time.', 'tale.txt');
    const cases: [Parameters<typeof startRun>[1], string][] = [
      [{ model_architecture: 'gpt-9' }, 'training.unknown_architecture'],
      [{ dataset_name: 'nothing' }, 'dataset.not_found'],
      [{ model_architecture: 'tiny-llama' }, 'training.unsuited'],
      [{ dataset_name: 'tale' }, 'training.unsuited'],
      [{ model_architecture: 'tiny-llama', dataset_name: 'tale', loss_function: 'mse' }, 'training.unsuited'],
      [{ epochs: 0 }, 'request.invalid'],
      [{ learning_rate: 2 }, 'request.invalid'],
      [{ batch_size: 257 }, 'request.invalid'],
    ];
    for (const [config, code] of cases)
      await expect(startRun(test, config), code).rejects.toEqual(refusal(code));
    expect(await test.client(training.sessions, {})).toEqual([]);
    const { status } = await startRun(test, { model_architecture: 'tiny-llama', dataset_name: 'tale' });
    expect(status).toBe('queued');
  });

  it('keeps a data set while a run needs it', async () => {
    const { session_id } = await startRun(test);
    const remove = () => test.client(registry.deleteDataset, { params: { name: 'flowers' } });
    await expect(remove()).rejects.toMatchObject({
      code: 'dataset.in_use',
      details: { used_by: [expect.objectContaining({ kind: 'run', id: expect.stringMatching(/^sess_/) })] },
    });
    await test.client(training.unqueue, { params: { session_id } });
    await remove();
  });

  it('knows no stranger', async () => {
    const params = { session_id: 'sess_000000000000' };
    const { stop, status, metrics, history, logs, run } = training;
    for (const route of [stop, status, metrics, history, logs, run])
      await expect(test.client(route, { params })).rejects.toEqual(refusal('training.not_found'));
  });
});

it('lists runs by pages, state and words', async () => {
  for (let index = 0; index < 3; index += 1) await startRun(test);
  const first = await test.client(training.runs, { query: { limit: 2 } });
  expect(first.items.map(({ queue_position }) => queue_position)).toEqual([3, 2]);
  const second = await test.client(training.runs, { query: { limit: 2, cursor: first.next_cursor! } });
  expect(second).toMatchObject({ items: [{ queue_position: 1 }], next_cursor: null });
  const search = async (query: object) => (await test.client(training.runs, { query })).items.length;
  expect(await search({ search: 'FLOW' })).toBe(3);
  expect(await search({ search: '%' })).toBe(0);
  expect(await search({ status: 'running' })).toBe(0);
  expect(await search({ status: 'queued', search: 'mlp' })).toBe(3);
});
