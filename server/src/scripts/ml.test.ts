import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  exited,
  isPending,
  mlCalls,
  mlRefusal,
  nextScript,
  patient,
  playScript,
  send,
  wrote,
} from '../testing/script-story.ts';
import { finished, ScriptedAgent, started } from '../testing/scripted-agent.ts';
import { documentedScripts, makeScriptsFolder } from '../testing/scripts-folder.ts';
import { startTestApp, startTestAppBeside, type TestApp } from '../testing/test-app.ts';

/** Document 001's routes, each trap a test. */
let folder: string;
let test: TestApp;
let agent: ScriptedAgent;
beforeAll(async () => {
  folder = await makeScriptsFolder();
  test = await startTestApp({ config: { scriptsFolder: folder }, tuning: patient });
});
afterAll(async () => {
  await agent?.close();
  await test.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await agent?.close();
  agent = await ScriptedAgent.connect(test, undefined, { jobKinds: ['script'] });
});

const { collect, train, predict, run, statusOf, cancel } = mlCalls(() => test);

describe('one at a time', () => {
  it('is refused with 409 on every route while it runs, and not afterwards', async () => {
    const routes = [
      { name: 'data_collector.py', ask: collect },
      { name: 'multi_model_trainer.py', ask: train },
      { name: 'predictor.py', ask: predict },
      { name: 'inference.py', ask: () => run({ script_name: 'inference.py' }) },
    ];
    for (const { name, ask } of routes) {
      const first = run({ script_name: name });
      const job = await nextScript(agent, name);
      for (const again of [ask, () => run({ script_name: name })]) {
        const { status, body } = await again();
        expect([name, status]).toEqual([name, 409]);
        expect(body).toEqual(mlRefusal('script.already_running'));
        expect(body.details).toMatchObject({ script_name: name, run_id: job.jobId });
      }
      await playScript(agent, job);
      expect((await first).status).toBe(200);
      const second = ask();
      await playScript(agent, await nextScript(agent, name));
      expect((await second).status).toBe(200);
    }
  });

  it('holds when many start it at the same moment, also through two servers', async () => {
    const beside = await startTestAppBeside(test);
    const asks = Array.from({ length: 40 }, (_, index) =>
      send(index % 2 === 0 ? test : beside, '/ml/data-collector/run', {}),
    );
    const job = await nextScript(agent);
    const answered: { status: number }[] = [];
    for (const ask of asks) void ask.then((answer) => answered.push(answer));
    await expect.poll(() => answered.length, { timeout: 20_000 }).toBe(39);
    for (const one of answered) expect(one).toMatchObject({ status: 409 });
    await playScript(agent, job);
    const statuses = (await Promise.all(asks)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    await beside.close();
  });

  it('lets different scripts run beside each other', async () => {
    const both = [predict(), run({ script_name: 'inference.py' })];
    const jobs = [await nextScript(agent), await nextScript(agent)];
    await Promise.all(jobs.map((job) => playScript(agent, job)));
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
  });
});

describe('cancelling', () => {
  it('is told when no process is left, in the words of the document, and is never overwritten', async () => {
    const answer = collect({ mode: 'batch' });
    const job = await nextScript(agent);
    agent.events(job, 1, [started(), wrote('half')]);
    await agent.acked(job, 2);
    const cancelling = cancel('data_collector.py');
    await agent.next('job.cancel');
    expect(await isPending(cancelling)).toBe(true);
    expect(await statusOf('data_collector.py')).toMatchObject({ status: 'running' });
    agent.events(job, 3, [finished('stopped')]);
    expect(await cancelling).toMatchObject({
      status: 200,
      body: { status: 'success', message: 'Скрипт data_collector.py отменен' },
    });
    expect((await answer).body).toMatchObject({
      status: 'success',
      result: { status: 'cancelled', return_code: null, stdout: 'half' },
    });
    agent.events(job, 3, [exited(1)]);
    agent.events(job, 4, [exited(1)]);
    await agent.next('job.drop', ({ jobId }) => jobId === job.jobId);
    expect(await statusOf('data_collector.py')).toMatchObject({ status: 'cancelled' });
  });

  it('says so when the script was quicker', async () => {
    const answer = predict();
    const job = await nextScript(agent);
    const cancelling = cancel('predictor.py');
    await agent.next('job.cancel');
    await playScript(agent, job);
    expect(await cancelling).toMatchObject({ status: 400, body: mlRefusal('script.not_running') });
    expect((await answer).body.result.status).toBe('completed');
  });

  it('takes a run out of the queue that no machine has taken yet', async () => {
    await agent.close();
    const answer = predict();
    await expect.poll(async () => (await statusOf('predictor.py')).status).toBe('pending');
    expect(await statusOf('predictor.py')).toEqual({
      status: 'pending',
      started_at: null,
      command: 'python predictor.py',
    });
    expect((await cancel('predictor.py')).body.message).toBe('Скрипт predictor.py отменен');
    expect((await answer).body.result).toMatchObject({ status: 'cancelled', started_at: null });
  });

  it('is 400 for what does not run and 404 for what does not exist', async () => {
    expect(await cancel('predictor.py')).toMatchObject({
      status: 400,
      body: mlRefusal('script.not_running'),
    });
    for (const name of ['other.py', '..%2f..%2fetc%2fpasswd', '%00', '-rf'])
      expect(await cancel(name), name).toMatchObject({ status: 404, body: mlRefusal('script.not_found') });
  });
});

it('lists what can be run, and how the newest run of each stands', async () => {
  expect((await send(test, '/ml/scripts/available')).body).toEqual({
    status: 'success',
    data: [...documentedScripts],
    count: 4,
  });
  const { body } = await send(test, '/ml/scripts/status');
  expect(body).toMatchObject({ status: 'success', count: 4 });
  expect(Object.keys(body.data).sort()).toEqual([...documentedScripts].sort());
  for (const one of Object.values<object>(body.data)) {
    expect(one).toMatchObject({ status: expect.stringMatching(/^(completed|cancelled)$/) });
    expect(one).not.toHaveProperty('stdout');
  }
});

it('knows after a restart what it knew before, and goes on with what ran', async () => {
  const asked = predict();
  const job = await nextScript(agent);
  agent.events(job, 1, [started(), wrote('before ')]);
  await agent.acked(job, 2);
  const before = (await send(test, '/ml/scripts/status')).body;
  const after = await startTestAppBeside(test);
  expect((await send(after, '/ml/scripts/status')).body).toEqual(before);
  expect((await send(after, '/ml/predictor/run', {})).status).toBe(409);
  agent.events(job, 3, [wrote('after', 'stdout', 7), exited(0)]);
  await asked;
  expect((await send(after, '/ml/scripts/status/predictor.py')).body.data).toMatchObject({
    status: 'completed',
    stdout: 'before after',
  });
  await after.close();
});

it('lets go of those who wait when the server stops; the run goes on', async () => {
  const beside = await startTestAppBeside(test);
  const waiting = send(beside, '/ml/predictor/run', {});
  const job = await nextScript(agent);
  const closing = beside.close();
  expect(await waiting).toMatchObject({ status: 503, body: mlRefusal('service.unavailable') });
  await closing;
  expect(await statusOf('predictor.py')).toMatchObject({ status: 'running' });
  await playScript(agent, job);
  expect(await statusOf('predictor.py')).toMatchObject({ status: 'completed' });
});
