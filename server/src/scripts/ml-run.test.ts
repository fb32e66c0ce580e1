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
import { eventAt, ScriptedAgent, started } from '../testing/scripted-agent.ts';
import { documentedScripts, makeScriptsFolder } from '../testing/scripts-folder.ts';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

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

const { run, collect, train, predict, statusOf } = mlCalls(() => test);

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
      { ask: collect, body: {}, message: 'Сбор данных: завершено', mode: 'incremental', seconds: 1800 },
      { ask: collect, body: { mode: 'batch', timeout: 60 }, mode: 'batch', seconds: 60 },
      { ask: train, body: {}, args: ['batch'], seconds: 3600 },
      { ask: train, body: { mode: 'retrain', timeout: 7200 }, args: ['retrain'], seconds: 7200 },
      { ask: predict, body: {}, seconds: 300 },
      { ask: predict, body: { timeout: 600 }, seconds: 600 },
    ];
    for (const { ask, body, mode, args = [], seconds, message = expect.any(String) } of answers) {
      const answer = ask(body);
      const job = await nextScript(agent);
      expect(job.payload.timeoutMs).toBe(seconds * 1000);
      expect(job.payload.program.args).toEqual(args);
      expect(job.payload.program.environment).toEqual(mode ? { DATA_COLLECTOR_MODE: mode } : {});
      await playScript(agent, job);
      expect(await answer).toMatchObject({
        status: 200,
        body: { status: 'success', message, result: { status: 'completed' } },
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
      expect(body).toEqual(mlRefusal('script.not_found'));
    }
    expect((await send(test, '/ml/scripts/status/other.py')).status).toBe(404);
  });

  it('is 400 for an argument with a character of a shell, before anything is looked for', async () => {
    const first = run({ script_name: 'inference.py' });
    const job = await nextScript(agent);
    for (const character of [...';&|`$()<>\n\r']) {
      const { status, body } = await run({ script_name: 'inference.py', args: ['fine', `a${character}b`] });
      expect([character, status]).toEqual([character, 400]);
      expect(body).toEqual(mlRefusal('script.argument_refused'));
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
      expect(body).toEqual(mlRefusal('request.invalid'));
      expect(body.details.fields[0]!.path).toBe(field);
    }
    const broken = await send(test, '/ml/scripts/run', undefined, { method: 'POST', body: '{' });
    expect(broken).toMatchObject({ status: 422, body: mlRefusal('request.invalid') });
    expect(await send(test, '/ml/nothing')).toMatchObject({
      status: 404,
      body: mlRefusal('route.not_found'),
    });
  });
});
