import { LiveMessage, type LiveTopic, liveSocketPath, routes } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { epochEnded, logged, ScriptedAgent, started, stepDone } from '../testing/scripted-agent.ts';
import { playRun, startRun, uploadDataset } from '../testing/story.ts';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
  await uploadDataset(test, 'flowers');
});
afterAll(() => test.close());

async function watch(topics: LiveTopic[]) {
  const socket = new WebSocket(test.url.replace('http', 'ws') + liveSocketPath);
  const seen: LiveMessage[] = [];
  socket.on('message', (data) => seen.push(LiveMessage.parse(JSON.parse(data.toString()))));
  await new Promise((resolve) => socket.on('open', resolve));
  socket.send(JSON.stringify({ type: 'authenticate', access_token: test.adminToken }));
  for (const topic of topics) socket.send(JSON.stringify({ type: 'subscribe', topic }));
  await expect.poll(() => seen.filter(({ type }) => type === 'subscribed').length).toBe(topics.length);
  return { seen, close: () => socket.close() };
}

it('tells watchers of a run everything once and in order, and of the queue how it moves', async () => {
  const agent = await ScriptedAgent.connect(test);
  const first = await startRun(test);
  const { run_id } = await test.client(routes.training.run, { params: { session_id: first.session_id } });
  const { seen, close } = await watch(['runs', `run:${run_id}`]);
  const second = await startRun(test);
  const job = await agent.next('job.assign');
  agent.events(job, 1, [started(), logged('one'), stepDone(1), epochEnded(1)]);
  agent.events(job, 3, [stepDone(1), epochEnded(1), logged('two'), epochEnded(2)]);
  await agent.acked(job, 6);
  const of = <T extends LiveMessage['type']>(type: T) =>
    seen.filter((message): message is Extract<LiveMessage, { type: T }> => message.type === type);
  const points = () => of('run.points').flatMap((message) => message.points);
  const stepsOf = (wanted: string) => points().flatMap(({ key, step }) => (key === wanted ? [step] : []));
  await expect.poll(() => stepsOf('loss')).toEqual([1, 2]);
  expect(stepsOf('step_loss')).toEqual([1]);
  expect(of('run.points').every((message) => message.run_id === run_id)).toBe(true);
  const lastOf = (id: string) => of('run.updated').findLast(({ run }) => run.session_id === id)?.run;
  expect(lastOf(second.session_id)).toMatchObject({ status: 'queued', queue_position: 1 });
  await test.client(routes.training.stop, { params: { session_id: second.session_id } });
  await expect.poll(() => lastOf(second.session_id)?.status).toBe('stopped');
  agent.events(job, 7, [
    {
      type: 'finished',
      at: '2026-01-02T03:04:05.678Z',
      outcome: 'failed',
      error: { code: 'x', message: 'Diverged.' },
    },
  ]);
  await expect
    .poll(() => lastOf(first.session_id))
    .toMatchObject({ status: 'failed', error_message: 'Diverged.', current_epoch: 2 });
  const third = await startRun(test);
  await playRun(agent, await agent.next('job.assign'), 1);
  await expect.poll(() => lastOf(third.session_id)?.model).toEqual({ name: 'mlp_flowers', version: 1 });
  close();
  await agent.close();
});
