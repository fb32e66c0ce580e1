import {
  createClient,
  LiveMessage,
  liveSocketPath,
  mlflowModelRoutes,
  mlflowModelVersionRoutes,
  routes,
} from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { epochEnded, finished, measured, ScriptedAgent, started } from '../testing/scripted-agent.ts';
import { startRun, uploadDataset } from '../testing/story.ts';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

const { mlflow, training, tracking } = routes;
let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
  await uploadDataset(test, 'flowers');
});
afterAll(() => test.close());

async function watch(runId: string) {
  const socket = new WebSocket(test.url.replace('http', 'ws') + liveSocketPath);
  const seen: LiveMessage[] = [];
  socket.on('message', (data) => seen.push(LiveMessage.parse(JSON.parse(data.toString()))));
  await new Promise((resolve) => socket.on('open', resolve));
  socket.send(JSON.stringify({ type: 'authenticate', access_token: test.adminToken }));
  socket.send(JSON.stringify({ type: 'subscribe', topic: `run:${runId}` }));
  await expect.poll(() => seen.some(({ type }) => type === 'subscribed')).toBe(true);
  const points = () => seen.flatMap((message) => (message.type === 'run.points' ? message.points : []));
  return { points, close: () => socket.close() };
}

/** A client with a job's token, as MLflow's client in its process has. */
const asJob = (token: string) => createClient({ baseUrl: test.url, token: () => token });

it('is one with its training session: what its process logs through MLflow is the session’s history, live too', async () => {
  const agent = await ScriptedAgent.connect(test);
  const { session_id } = await startRun(test, { experiment: 'Gardens' });
  const job = await agent.next('job.assign');
  const params = { session_id };
  const { run_id } = await test.client(training.run, { params });
  expect(job.payload).toMatchObject({ runId: run_id });
  const { points, close } = await watch(run_id);
  agent.events(job, 1, [
    started(),
    epochEnded(1),
    { type: 'params', at: new Date().toISOString(), params: { own: '1' } },
  ]);
  await agent.acked(job, 3);
  const client = asJob(job.jobToken);
  const metrics = ['loss', 'val_acc'].map((key) => ({ key, value: 0.25, timestamp: 7, step: 2 }));
  await client(mlflow.updateRun, { body: { run_id, status: 'FINISHED' } });
  await client(mlflow.logBatch, { body: { run_id, metrics, params: [{ key: 'depth', value: '3' }] } });
  await client(mlflow.putArtifact, { params: { '*': `0/${run_id}/artifacts/plot.svg` }, body: '<svg/>' });

  const newest = { epoch: 2, loss: 0.25, accuracy: null, val_accuracy: 0.25 };
  expect(await test.client(training.metrics, { params })).toMatchObject(newest);
  expect(await test.client(training.history, { params })).toMatchObject([
    { epoch: 1, loss: 1, accuracy: 0.5 },
    newest,
  ]);
  expect(await test.client(training.status, { params })).toMatchObject({
    state: 'running',
    current_epoch: 2,
  });
  await expect
    .poll(() =>
      points()
        .filter(({ key }) => key === 'loss')
        .map(({ step }) => step),
    )
    .toEqual([1, 2]);
  const run = await test.client(tracking.run, { params: { run_id } });
  expect(run).toMatchObject({
    session_id,
    status: 'RUNNING',
    params: { model_architecture: 'mlp', epochs: '3', depth: '3', own: '1' },
    metrics: { loss: { step: 2, value: 0.25 } },
  });
  const { items } = await test.client(tracking.experiments, { query: { search: 'gard' } });
  expect(items).toMatchObject([{ name: 'Gardens', runs: 1, experiment_id: run.experiment_id }]);
  agent.events(job, 4, [finished('failed')]);
  await agent.acked(job, 4);
  expect((await test.client(tracking.run, { params: { run_id } })).status).toBe('FAILED');
  await expect(client(mlflow.logBatch, { body: { run_id, metrics } })).rejects.toMatchObject({ status: 401 });
  close();
  await agent.close();
});

it('may be written by its own job only; a job may write to runs it made', async () => {
  const agent = await ScriptedAgent.connect(test);
  await startRun(test);
  const job = await agent.next('job.assign');
  const client = asJob(job.jobToken);
  const { run: foreign } = await test.client(mlflow.createRun, { body: {} });
  const point = { key: 'a', value: 1, timestamp: 1, step: 1 };
  const to = (run_id: string) => ({ body: { run_id, ...point } });
  await expect(client(mlflow.logMetric, to(foreign.info.run_id))).rejects.toMatchObject({ status: 403 });
  const place = { params: { '*': `0/${foreign.info.run_id}/artifacts/x` }, body: 'x' };
  await expect(client(mlflow.putArtifact, place)).rejects.toMatchObject({ status: 403 });
  await expect(client(mlflow.deleteRun, { body: { run_id: foreign.info.run_id } })).rejects.toMatchObject({
    status: 401,
  });
  const { run: own } = await client(mlflow.createRun, { body: { run_name: 'child' } });
  await client(mlflow.logMetric, to(own.info.run_id));
  await client(mlflow.updateRun, { body: { run_id: own.info.run_id, status: 'FINISHED', end_time: 5 } });
  expect(await client(mlflow.getRun, { query: { run_id: own.info.run_id } })).toMatchObject({
    run: { info: { status: 'FINISHED', run_name: 'child' }, data: { metrics: [{ key: 'a' }] } },
  });
  agent.events(job, 1, [started(), measured(1, { loss: 'NaN', accuracy: 2 }), finished('stopped')]);
  await agent.acked(job, 3);
  await agent.close();
});

it('names by an alias only what its own job made, and describes no model of others', async () => {
  const agent = await ScriptedAgent.connect(test);
  const { session_id } = await startRun(test);
  const job = await agent.next('job.assign');
  const client = asJob(job.jobToken);
  const { run_id: own } = await test.client(training.run, { params: { session_id } });
  const { run: foreign } = await test.client(mlflow.createRun, { body: {} });
  const name = 'production';
  await test.client(mlflowModelRoutes.createRegisteredModel, { body: { name } });
  const put = (by: typeof client, run: string) =>
    by(mlflow.putArtifact, { params: { '*': `0/${run}/artifacts/m/weights` }, body: 'x' });
  const add = (by: typeof client, run_id: string) =>
    by(mlflowModelVersionRoutes.createModelVersion, { body: { name, source: `runs:/${run_id}/m`, run_id } });
  await put(test.client, foreign.info.run_id);
  await put(client, own);
  await add(test.client, foreign.info.run_id);
  const forbidden = { status: 403 };
  await expect(add(client, foreign.info.run_id)).rejects.toMatchObject(forbidden);
  await add(client, own);
  const alias = (version: string) => ({ body: { name, alias: 'champion', version } });
  await expect(client(mlflowModelRoutes.setRegisteredModelAlias, alias('1'))).rejects.toMatchObject(
    forbidden,
  );
  await client(mlflowModelRoutes.setRegisteredModelAlias, alias('2'));
  const tag = (version: string) => ({ body: { name, version, key: 'a', value: 'b' } });
  await expect(client(mlflowModelVersionRoutes.setModelVersionTag, tag('1'))).rejects.toMatchObject(
    forbidden,
  );
  await client(mlflowModelVersionRoutes.setModelVersionTag, tag('2'));
  const described = { body: { name, description: 'mine now' } };
  await expect(client(mlflowModelRoutes.updateRegisteredModel, described)).rejects.toMatchObject({
    status: 401,
  });
  agent.events(job, 1, [started(), finished('stopped')]);
  await agent.acked(job, 2);
  await agent.close();
});

it('is reached by token, by key, and by Basic with either as the password', async () => {
  const basic = (password: string) => ({
    authorization: `Basic ${Buffer.from(`me:${password}`).toString('base64')}`,
  });
  const status = async (headers: Record<string, string>) =>
    (await fetch(`${test.url}/api/2.0/mlflow/experiments/get?experiment_id=0`, { headers })).status;
  expect(await status({ authorization: `Bearer ${test.adminToken}` })).toBe(200);
  expect(await status(basic(test.adminToken))).toBe(200);
  expect(await status({ 'x-api-key': test.adminToken })).toBe(200);
  for (const headers of [
    {},
    basic('wrong'),
    basic(''),
    { authorization: 'Basic !!!' },
    { authorization: 'Basic' },
  ])
    expect(await status(headers as Record<string, string>)).toBe(401);
});
