import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LiveMessage, LiveMessage as LiveMessageSchema, liveSocketPath, routes } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { exited, nextScript, patient, playScript, send, wrote } from '../testing/script-story.ts';
import { finished, ScriptedAgent, started } from '../testing/scripted-agent.ts';
import { documentedScripts, makeScriptsFolder, writeOwnScripts } from '../testing/scripts-folder.ts';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

const { scripts, identity, jobs } = routes;
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
const refusal = (code: string) => expect.objectContaining({ code });
const list = async () => test.client(scripts.list, {});
const start = (script_name: string, body: object = {}, client = test.client) =>
  client(scripts.start, { params: { script_name }, body });
const own = (name: string, over: object = {}) => ({ name, runtime: { type: 'node' }, ...over });

it('tells that no machine can run scripts while none has joined', async () => {
  await expect(start('inference.py')).rejects.toEqual(refusal('node.none_capable'));
  agent = await ScriptedAgent.connect(test, undefined, { jobKinds: ['script'] });
});

it('lists the scripts of both manifests with what they say, what is wrong and how they stand', async () => {
  const { items, problems } = await list();
  expect(problems).toEqual([]);
  expect(items.map(({ name, origin }) => [name, origin])).toEqual(
    documentedScripts.map((name) => [name, 'built-in']),
  );
  expect(items[0]).toMatchObject({
    title: { ru: 'Сбор данных' },
    modes: { values: ['batch', 'incremental'], default: 'incremental' },
    timeout: { min: 1, max: 3600, default: 1800 },
    code_digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    problem: null,
    active_run: null,
    last_run: null,
  });
  await writeOwnScripts(
    test.config.home,
    [own('report.mjs'), own('absent.mjs'), own('deep.mjs', { working_directory: 'nowhere' }), own('../x')],
    { 'report.mjs': 'console.log(1)', 'deep.mjs': '' },
  );
  const more = await list();
  expect(more.problems).toEqual([expect.stringMatching(/^HEARTH_HOME\/scripts\/manifest\.json: \.\.\/x: /)]);
  expect(more.items.slice(4).map(({ name, origin, problem }) => [name, origin, problem])).toEqual([
    ['report.mjs', 'own', null],
    ['absent.mjs', 'own', 'there is no file absent.mjs in its folder.'],
    ['deep.mjs', 'own', expect.stringMatching(/no folder nowhere/)],
  ]);
  const available = await test.client(scripts.available, {});
  expect(available.data).toEqual([...documentedScripts, 'report.mjs']);
  await expect(start('absent.mjs')).rejects.toEqual(refusal('script.unavailable'));
});

it('starts with what the manifest allows and answers at once; the run is a job', async () => {
  const options = [{ name: 'count', type: 'integer', min: 1 }];
  const modes = { values: ['fast', 'slow'], default: 'fast', via: { env: 'SPEED' } };
  const timeout = { min: 5, max: 10 };
  const script = own('tool.mjs', { options, modes, timeout, environment: { LEVEL: '3' } });
  await writeOwnScripts(test.config.home, [script], { 'tool.mjs': '1' });
  const run = await start('tool.mjs', { mode: 'slow', args: ['--count', '2'], timeout: 7 });
  expect(run).toMatchObject({
    script_name: 'tool.mjs',
    status: 'running',
    args: ['--count', '2'],
    mode: 'slow',
    timeout: 7,
    command: 'node tool.mjs --count 2',
    created_by: 'admin@hearth.test',
  });
  const job = await nextScript(agent);
  expect(job.payload).toMatchObject({
    timeoutMs: 7000,
    program: { environment: { LEVEL: '3', SPEED: 'slow' }, runtime: { type: 'node' } },
  });
  expect(job.payload.program.code.digest).toBe(run.code_digest);
  await expect(start('tool.mjs')).rejects.toEqual(refusal('script.already_running'));
  expect((await list()).items.find(({ name }) => name === 'tool.mjs')).toMatchObject({
    active_run: { run_id: run.run_id },
    last_run: null,
  });
  await playScript(agent, job, [wrote('one'), exited(2)]);
  expect(await test.client(scripts.getRun, { params: { run_id: run.run_id } })).toMatchObject({
    status: 'failed',
    return_code: 2,
    node_name: 'workbench',
  });
  expect(await test.client(jobs.get, { params: { id: run.run_id } })).toMatchObject({ kind: 'script' });
  const output = await test.client(jobs.output, { params: { id: run.run_id, stream: 'stdout' } });
  expect(await output.text()).toBe('one');
  for (const body of [{ mode: 'other' }, { args: ['--count', '0'] }, { args: ['x'] }, { args: ['a;b'] }])
    await expect(start('tool.mjs', body)).rejects.toEqual(refusal('script.argument_refused'));
  for (const seconds of [4, 11])
    await expect(start('tool.mjs', { timeout: seconds })).rejects.toMatchObject({
      code: 'request.invalid',
      status: 400,
      details: { fields: [{ path: 'body.timeout' }] },
    });
  expect((await send(test, '/ml/scripts/run', { script_name: 'tool.mjs', timeout: 11 })).status).toBe(422);
});

it('takes code and manifest as they are when a run starts', async () => {
  const digests: string[] = [];
  for (const text of ['1', '2']) {
    await writeOwnScripts(test.config.home, [own('tool.mjs')], { 'tool.mjs': text });
    const run = await start('tool.mjs');
    digests.push(run.code_digest);
    await playScript(agent, await nextScript(agent));
  }
  expect(new Set(digests).size).toBe(2);
  await writeFile(join(test.config.home, 'scripts/manifest.json'), '{ not JSON');
  expect((await list()).problems).toEqual([expect.stringMatching(/is no JSON/)]);
  await expect(start('tool.mjs')).rejects.toEqual(refusal('script.not_found'));
  expect((await start('inference.py')).status).toBe('running');
  await playScript(agent, await nextScript(agent));
  // What has been run is not forgotten with its entry.
  expect((await test.client(scripts.status, { params: { script_name: 'tool.mjs' } })).data.status).toBe(
    'completed',
  );
});

it('can cancel what was taken off the list while it runs', async () => {
  await writeOwnScripts(test.config.home, [own('tool.mjs')], { 'tool.mjs': '1' });
  await start('tool.mjs');
  const job = await nextScript(agent);
  await writeOwnScripts(test.config.home, []);
  const cancelling = test.client(scripts.cancel, { params: { script_name: 'tool.mjs' } });
  await agent.next('job.cancel');
  agent.events(job, 1, [started(), finished('stopped')]);
  expect((await cancelling).message).toBe('Скрипт tool.mjs отменен');
});

it('pages the history, newest first, by script and by status', async () => {
  for (let round = 0; round < 5; round += 1) {
    await start('predictor.py');
    await playScript(agent, await nextScript(agent), [exited(round % 2)]);
  }
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: 2, script_name: 'predictor.py', ...(cursor ? { cursor } : {}) };
    const page = await test.client(scripts.runs, { query });
    seen.push(...page.items.map(({ run_id }) => run_id));
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  expect(new Set(seen).size).toBe(5);
  const failed = await test.client(scripts.runs, {
    query: { script_name: 'predictor.py', status: 'failed' },
  });
  expect(failed.items.map(({ run_id }) => run_id)).toEqual([seen[1], seen[3]]);
  const cancelled = await test.client(scripts.runs, { query: { status: 'cancelled' } });
  expect(cancelled.items.map(({ script_name }) => script_name)).toEqual(['tool.mjs']);
  expect((await test.client(scripts.runs, { query: { script_name: 'none' } })).items).toEqual([]);
  await expect(test.client(scripts.runs, { query: { cursor: 'x' } })).rejects.toEqual(
    refusal('request.invalid'),
  );
  const run_id = crypto.randomUUID();
  await expect(test.client(scripts.getRun, { params: { run_id } })).rejects.toEqual(refusal('job.not_found'));
});

it('tells those who watch of every turn of a run', async () => {
  const socket = new WebSocket(test.url.replace('http', 'ws') + liveSocketPath);
  const messages: LiveMessage[] = [];
  socket.on('message', (data) => messages.push(LiveMessageSchema.parse(JSON.parse(String(data)))));
  await new Promise((resolve) => socket.on('open', resolve));
  socket.send(JSON.stringify({ type: 'authenticate', access_token: test.adminToken }));
  socket.send(JSON.stringify({ type: 'subscribe', topic: 'scripts' }));
  await expect.poll(() => messages.at(-1)?.type).toBe('subscribed');
  const { run_id } = await start('inference.py');
  const statuses = () =>
    messages.flatMap((message) =>
      message.type === 'script.run.updated' && message.run.run_id === run_id ? [message.run.status] : [],
    );
  await expect.poll(statuses).toContain('running');
  await playScript(agent, await nextScript(agent));
  await expect.poll(() => statuses().at(-1)).toBe('completed');
  await expect
    .poll(() => messages.findLast((message) => message.type === 'script.updated'))
    .toMatchObject({ script: { active_run: null, last_run: { run_id, status: 'completed' } } });
  socket.terminate();
});

it('lets managers run, moderators look, and users neither', async () => {
  const clientAs = async (role: 'user' | 'moderator' | 'manager') => {
    const body = { email: `${role}@hearth.test`, password: 'long enough', name: role, role };
    await test.client(identity.createUser, { body });
    const { access_token } = await test.clientOf()(identity.login, { body });
    return test.clientOf(access_token);
  };
  const [user, moderator, manager] = [
    await clientAs('user'),
    await clientAs('moderator'),
    await clientAs('manager'),
  ];
  await expect(user(scripts.available, {})).rejects.toEqual(refusal('auth.forbidden'));
  expect((await moderator(scripts.list, {})).items).toHaveLength(4);
  await expect(start('inference.py', {}, moderator)).rejects.toEqual(refusal('auth.forbidden'));
  expect((await start('inference.py', {}, manager)).created_by).toContain('manager');
  await playScript(agent, await nextScript(agent));
  const { key } = await test.client(identity.createKey, { body: { name: 'k', scopes: ['scripts.read'] } });
  expect((await test.clientOf(key)(scripts.statuses, {})).count).toBeGreaterThan(0);
  const body = { script_name: 'inference.py' };
  await expect(test.clientOf(key)(scripts.run, { body })).rejects.toMatchObject({
    status: 403,
    code: 'auth.forbidden',
  });
});

it('writes down who asked for what, and what was refused', async () => {
  const { run_id } = await start('inference.py', { args: ['x'] });
  const job = await nextScript(agent);
  await expect(start('inference.py')).rejects.toThrow();
  await send(test, '/ml/scripts/run', { script_name: '../../etc/passwd', args: [] });
  const cancelling = send(test, '/ml/scripts/inference.py/cancel', {});
  await agent.next('job.cancel');
  agent.events(job, 1, [started(), finished('stopped')]);
  await cancelling;
  const { items } = await test.client(identity.audit, { query: { limit: 4 } });
  expect(items.map(({ action, target, success }) => [action, target, success])).toEqual([
    ['script.cancelled', 'inference.py', true],
    ['script.started', '../../etc/passwd', false],
    ['script.started', 'inference.py', false],
    ['script.started', 'inference.py', true],
  ]);
  expect(items[3]).toMatchObject({ details: { run_id, command: 'python inference.py x', timeout: 300 } });
  expect(items[2]!.details).toEqual({ code: 'script.already_running' });
  for (const { actor, ip } of items) expect([actor, ip]).toEqual([items[0]!.actor, '127.0.0.1']);
});
