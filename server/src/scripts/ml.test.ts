import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { exited, nextScript, patient, playScript, send, wrote } from '../testing/script-story.ts';
import { eventAt, finished, ScriptedAgent, started } from '../testing/scripted-agent.ts';
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

const run = (body: unknown, over?: RequestInit) => send(test, '/ml/scripts/run', body, over);
const collect = (body: unknown = {}) => send(test, '/ml/data-collector/run', body);
const train = (body: unknown = {}) => send(test, '/ml/trainer/run', body);
const predict = (body: unknown = {}) => send(test, '/ml/predictor/run', body);
const statusOf = async (name: string) => (await send(test, `/ml/scripts/status/${name}`)).body.data;
const cancel = (name: string) => send(test, `/ml/scripts/${name}/cancel`, {});
const refusal = (code: string) => ({
  status: 'error',
  error: expect.any(String) as string,
  timestamp: expect.stringMatching(/^\d{4}-.*Z$/) as string,
  details: expect.objectContaining({ code }) as object,
});
const isPending = (promise: Promise<unknown>) =>
  Promise.race([
    promise.then(() => false),
    new Promise<boolean>((resolve) => setTimeout(resolve, 100, true)),
  ]);

describe('running a script', () => {
  it('answers when it has ended, with what it wrote', async () => {
    const answer = run({ script_name: 'inference.py', args: ['--limit', '5'], timeout: 30 });
    const job = await nextScript(agent);
    expect(job.payload).toMatchObject({
      scriptName: 'inference.py',
      timeoutMs: 30_000,
      program: { entry: 'inference.py', args: ['--limit', '5'], workingDirectory: '.' },
    });
    expect(job.payload.program.code.files.map(({ path }) => path)).toEqual(
      ['manifest.json', ...documentedScripts].sort(),
    );
    agent.events(job, 1, [started()]);
    await agent.acked(job, 1);
    expect(await isPending(answer)).toBe(true);
    expect(await statusOf('inference.py')).toEqual({
      status: 'running',
      started_at: eventAt,
      command: 'python inference.py --limit 5',
    });
    agent.events(job, 2, [
      wrote('один\n'),
      wrote('warning\n', 'stderr'),
      wrote('two\n', 'stdout', 9),
      exited(0),
    ]);
    const result = {
      script_name: 'inference.py',
      status: 'completed',
      return_code: 0,
      stdout: 'один\ntwo\n',
      stderr: 'warning\n',
      started_at: eventAt,
      completed_at: eventAt,
      run_id: job.jobId,
    };
    expect(await answer).toMatchObject({ status: 200, body: result });
    const { script_name: _name, run_id: _id, ...data } = result;
    expect(await statusOf('inference.py')).toEqual({ ...data, command: 'python inference.py --limit 5' });
  });

  it('is failed with its exit code and what it wrote to stderr', async () => {
    const answer = run({ script_name: 'inference.py' });
    await playScript(agent, await nextScript(agent), [wrote('Traceback', 'stderr'), exited(3)]);
    expect((await answer).body).toMatchObject({
      status: 'failed',
      return_code: 3,
      stderr: 'Traceback',
      error: 'The program ended with code 3.',
    });
  });

  it('is failed with the reason when its time was up', async () => {
    const answer = run({ script_name: 'inference.py', timeout: 1 });
    const error = { code: 'job.timeout', message: 'It was not done within 1 s.' };
    const end = exited(0, { outcome: 'failed', error, exitCode: null });
    await playScript(agent, await nextScript(agent), [end]);
    expect((await answer).body).toMatchObject({
      status: 'failed',
      return_code: null,
      error: 'It was not done within 1 s.',
    });
  });

  it('hands the mode to the collector in its environment, to the trainer as the first argument', async () => {
    const answers = [
      { ask: collect, body: {}, message: 'Сбор данных завершено', mode: 'incremental', seconds: 1800 },
      { ask: collect, body: { mode: 'batch', timeout: 60 }, mode: 'batch', seconds: 60 },
      { ask: train, body: {}, args: ['batch'], seconds: 3600 },
      { ask: train, body: { mode: 'retrain', timeout: 7200 }, args: ['retrain'], seconds: 7200 },
      { ask: predict, body: {}, seconds: 300 },
      { ask: predict, body: { timeout: 600 }, seconds: 600 },
    ];
    for (const { ask, body, mode, args = [], seconds } of answers) {
      const answer = ask(body);
      const job = await nextScript(agent);
      expect(job.payload.timeoutMs).toBe(seconds * 1000);
      expect(job.payload.program.args).toEqual(args);
      expect(job.payload.program.environment).toEqual(mode ? { DATA_COLLECTOR_MODE: mode } : {});
      await playScript(agent, job);
      expect(await answer).toMatchObject({
        status: 200,
        body: { status: 'success', message: expect.any(String), result: { status: 'completed' } },
      });
    }
  });

  it('needs no body where everything has a default', async () => {
    const headers = { authorization: `Bearer ${test.adminToken}` };
    const answer = fetch(`${test.url}/ml/predictor/run`, { method: 'POST', headers });
    await playScript(agent, await nextScript(agent));
    expect((await answer).status).toBe(200);
  });

  it('answers at once where the caller prefers that, and waits as long as the caller says', async () => {
    const headers = { prefer: 'respond-async' };
    const { status, body, headers: sent } = await run({ script_name: 'inference.py' }, { headers });
    expect(status).toBe(202);
    expect(sent.get('preference-applied')).toBe('respond-async');
    expect(body).toMatchObject({ status: 'running', return_code: null, stdout: '', completed_at: null });
    const job = await nextScript(agent);
    expect(body.run_id).toBe(job.jobId);
    await playScript(agent, job);
    expect(await statusOf('inference.py')).toMatchObject({ status: 'completed' });

    const brief = await run(
      { script_name: 'inference.py' },
      { headers: { prefer: 'respond-async, wait=1' } },
    );
    expect(brief.status).toBe(202);
    await playScript(agent, await nextScript(agent));
    const long = send(test, '/ml/predictor/run', {}, { headers: { prefer: 'wait=20, respond-async' } });
    await playScript(agent, await nextScript(agent));
    expect(await long).toMatchObject({ status: 200, body: { result: { status: 'completed' } } });
  });

  it('goes on when the caller goes away, and its end is there to be asked for', async () => {
    const caller = new AbortController();
    const answer = run({ script_name: 'inference.py' }, { signal: caller.signal });
    const job = await nextScript(agent);
    agent.events(job, 1, [started()]);
    await agent.acked(job, 1);
    caller.abort();
    await expect(answer).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await statusOf('inference.py')).toMatchObject({ status: 'running' });
    expect(agent.received.filter(({ type }) => type === 'job.cancel')).toEqual([]);
    agent.events(job, 2, [wrote('done'), exited(0)]);
    await agent.acked(job, 3);
    expect(await statusOf('inference.py')).toMatchObject({ status: 'completed', stdout: 'done' });
  });
});

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
        expect(body).toEqual(refusal('script.already_running'));
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
    const asks = Array.from({ length: 12 }, (_, index) =>
      send(index % 2 === 0 ? test : beside, '/ml/data-collector/run', {}),
    );
    const job = await nextScript(agent);
    const answered: { status: number }[] = [];
    for (const ask of asks) void ask.then((answer) => answered.push(answer));
    await expect.poll(() => answered.length, { timeout: 20_000 }).toBe(11);
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
    expect(await cancelling).toMatchObject({ status: 400, body: refusal('script.not_running') });
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
    expect(await cancel('predictor.py')).toMatchObject({ status: 400, body: refusal('script.not_running') });
    for (const name of ['other.py', '..%2f..%2fetc%2fpasswd', '%00', '-rf'])
      expect(await cancel(name), name).toMatchObject({ status: 404, body: refusal('script.not_found') });
  });
});

describe('what is refused', () => {
  it('is 404 for a script that is not on the list, whatever its name', async () => {
    const names = [
      'other.py',
      '../data_collector.py',
      '/etc/passwd',
      'data_collector.py\0',
      '%2e%2e',
      '-rf',
      '$(id)',
    ];
    for (const script_name of names) {
      const { status, body } = await run({ script_name, args: ['; not even looked at'] });
      expect([script_name, status]).toEqual([script_name, 404]);
      expect(body).toEqual(refusal('script.not_found'));
    }
    expect((await send(test, '/ml/scripts/status/other.py')).status).toBe(404);
  });

  it('is 400 for an argument with a character of a shell, before anything is looked for', async () => {
    const first = run({ script_name: 'inference.py' });
    const job = await nextScript(agent);
    for (const character of [...';&|`$()<>\n\r']) {
      const { status, body } = await run({ script_name: 'inference.py', args: ['fine', `a${character}b`] });
      expect([character, status]).toEqual([character, 400]);
      expect(body).toEqual(refusal('script.argument_refused'));
      expect(body.details.argument).toBe(2);
    }
    await playScript(agent, job);
    await first;
  });

  it('is 422 for a body of the wrong shape, with the field', async () => {
    const cases: [string, unknown, string][] = [
      ['/ml/scripts/run', {}, 'body.script_name'],
      ['/ml/scripts/run', { script_name: 7 }, 'body.script_name'],
      ['/ml/scripts/run', { script_name: '' }, 'body.script_name'],
      ['/ml/scripts/run', { script_name: 'inference.py', args: 'x' }, 'body.args'],
      ['/ml/scripts/run', { script_name: 'inference.py', args: [7] }, 'body.args.0'],
      ['/ml/scripts/run', { script_name: 'inference.py', timeout: 0 }, 'body.timeout'],
      ['/ml/scripts/run', { script_name: 'inference.py', timeout: 3601 }, 'body.timeout'],
      ['/ml/scripts/run', { script_name: 'inference.py', timeout: 1.5 }, 'body.timeout'],
      ['/ml/scripts/run', { script_name: 'inference.py', timeout: '30' }, 'body.timeout'],
      ['/ml/data-collector/run', { mode: 'retrain' }, 'body.mode'],
      ['/ml/data-collector/run', { timeout: 59 }, 'body.timeout'],
      ['/ml/data-collector/run', { timeout: 3601 }, 'body.timeout'],
      ['/ml/trainer/run', { mode: 'incremental' }, 'body.mode'],
      ['/ml/trainer/run', { timeout: 59 }, 'body.timeout'],
      ['/ml/trainer/run', { timeout: 7201 }, 'body.timeout'],
      ['/ml/predictor/run', { timeout: 29 }, 'body.timeout'],
      ['/ml/predictor/run', { timeout: 601 }, 'body.timeout'],
    ];
    for (const [path, sent, field] of cases) {
      const { status, body } = await send(test, path, sent);
      expect([path, sent, status]).toEqual([path, sent, 422]);
      expect(body).toEqual(refusal('request.invalid'));
      expect(body.details.fields[0]!.path).toBe(field);
    }
    const broken = await send(test, '/ml/scripts/run', undefined, { method: 'POST', body: '{' });
    expect(broken).toMatchObject({ status: 422, body: refusal('request.invalid') });
    expect(await send(test, '/ml/nothing')).toMatchObject({ status: 404, body: refusal('route.not_found') });
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
  expect(await waiting).toMatchObject({ status: 503, body: refusal('service.unavailable') });
  await closing;
  expect(await statusOf('predictor.py')).toMatchObject({ status: 'running' });
  await playScript(agent, job);
  expect(await statusOf('predictor.py')).toMatchObject({ status: 'completed' });
});
