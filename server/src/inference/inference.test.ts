import { type DeploymentReport, routes } from '@hearth/contract';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Credentials, enrol, ScriptedAgent } from '../testing/scripted-agent.ts';
import { asForm } from '../testing/story.ts';
import { agentRun } from '../testing/tabular.ts';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

const { inference, registry } = routes;
const refusal = (code: string) => expect.objectContaining({ code });
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };

/** The first bytes of a GGUF file: what the registry looks at. */
function gguf(): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.alloc(64);
  bytes.write('GGUF');
  bytes.writeUInt32LE(3, 4);
  return new Uint8Array(bytes);
}

let test: TestApp;
let credentials: Credentials;
let openai: OpenAI;
beforeAll(async () => {
  test = await startTestApp({ tuning: { requestTimings: { firstTokenMs: 700, nextTokenMs: 700 } } });
  credentials = await enrol(test);
  openai = new OpenAI({ baseURL: `${test.url}/v1`, apiKey: test.adminToken, maxRetries: 0 });
  const query = { model_name: 'tale', new_version: 'false' } as const;
  await test.client(registry.uploadModel, { query, body: asForm(gguf(), 'tale.gguf') });
});
afterAll(() => test.close());

let agent: ScriptedAgent;
beforeEach(async () => {
  agent = await ScriptedAgent.connect(test, credentials);
});
afterEach(async () => {
  for (const { id } of await test.client(inference.list, {}))
    await test.client(inference.remove, { params: { id } });
  await agent.close();
});

const stateOf = async (id: string) => (await test.client(inference.get, { params: { id } })).state;
async function ready(name?: string, report: Partial<DeploymentReport> = {}): Promise<string> {
  const { id } = await test.client(inference.deploy, { body: { model_name: 'tale', name } });
  const told = await agent.next('deployments', ({ deployments }) =>
    deployments.some(({ deploymentId }) => deploymentId === id),
  );
  expect(told.deployments).toMatchObject([{ engine: 'llama', artifact: { name: 'tale.gguf' } }]);
  agent.send({
    type: 'deployment.report',
    report: { deploymentId: id, state: 'ready', chats: true, contextLength: 256, ...report },
  });
  await expect.poll(() => stateOf(id)).toBe('ready');
  return id;
}
const messages = [{ role: 'user' as const, content: 'Hello?' }];

describe('a deployment', () => {
  it('follows what its node reports, and goes offline with it', async () => {
    const { id } = await test.client(inference.deploy, { body: { model_name: 'tale' } });
    expect(await stateOf(id)).toBe('starting');
    agent.send({ type: 'deployment.report', report: { deploymentId: id, state: 'starting', progress: 0.5 } });
    await expect.poll(async () => (await test.client(inference.get, { params: { id } })).progress).toBe(0.5);
    agent.send({
      type: 'deployment.report',
      report: { deploymentId: id, state: 'failed', error: 'no memory' },
    });
    await expect.poll(() => stateOf(id)).toBe('failed');
    agent = await agent.reconnect({ deployments: [{ deploymentId: id, state: 'ready', chats: true }] });
    await expect.poll(() => stateOf(id)).toBe('ready');
    agent.socket.terminate();
    await expect.poll(() => stateOf(id)).toBe('offline');
  });

  it('is refused where it cannot be', async () => {
    await ready('one');
    const deploy = (body: object) => test.client(inference.deploy, { body: { model_name: 'tale', ...body } });
    await expect(deploy({ name: 'one' })).rejects.toEqual(refusal('deployment.exists'));
    await expect(deploy({ model_name: 'nothing' })).rejects.toEqual(refusal('model.not_found'));
    await expect(deploy({ name: 'two', node_id: crypto.randomUUID() })).rejects.toEqual(
      refusal('node.not_found'),
    );
    const remove = test.client(registry.deleteModel, { params: { name: 'tale' } });
    const used_by = [expect.objectContaining({ kind: 'deployment', name: 'one', state: 'deployed' })];
    await expect(remove).rejects.toMatchObject({ code: 'model.in_use', details: { used_by } });
    const version = test.client(registry.deleteModelVersion, { params: { name: 'tale', version: 1 } });
    await expect(version).rejects.toEqual(refusal('model.in_use'));
    const rename = test.client(registry.changeModel, { params: { name: 'tale' }, body: { name: 'other' } });
    await expect(rename).rejects.toEqual(refusal('model.in_use'));
    expect(await test.client(registry.modelInfo, { params: { name: 'tale' } })).toMatchObject({ used_by });
    const [model] = await test.client(registry.listModels, {});
    expect(model).toMatchObject({ name: 'tale', deployed: true, formats: ['gguf'], task: 'text-generation' });
  });

  it('is found by an alias of the version it serves, at deployment and for questions', async () => {
    const params = { name: 'tale', alias: 'champion' };
    const deploy = () => test.client(inference.deploy, { body: { model_name: 'tale', alias: 'champion' } });
    await expect(deploy()).rejects.toEqual(refusal('model.no_such_alias'));
    await test.client(registry.setModelAlias, { params, body: { version: 1 } });
    expect((await deploy()).target).toMatchObject({ model_name: 'tale', version: 1 });
    const ask = (model: string) => openai.chat.completions.create({ model, messages });
    await expect(ask('model/tale@champion')).rejects.toMatchObject({ code: 'deployment.not_ready' });
    await expect(ask('model/tale@other')).rejects.toMatchObject({ code: 'deployment.not_found' });
    await test.client(registry.removeModelAlias, { params });
  });

  it('ignores reports of machines that do not hold it', async () => {
    const id = await ready();
    const stranger = await ScriptedAgent.connect(test);
    stranger.send({
      type: 'deployment.report',
      report: { deploymentId: id, state: 'failed', error: 'mine' },
    });
    stranger.heartbeat();
    await expect
      .poll(async () => (await test.client(routes.nodes.get, { params: { id: stranger.nodeId } })).vitals)
      .toBeTruthy();
    expect(await stateOf(id)).toBe('ready');
    await stranger.close();
  });
});

describe('the OpenAI client', () => {
  it('chats in a stream: one id, the role first, usage last', async () => {
    await ready();
    const asked = openai.chat.completions.create({
      model: 'model/tale',
      messages: [{ role: 'system', content: 'Be brief.' }, ...messages],
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 5,
      stop: ['\n'],
    });
    const { requestId, request } = await agent.next('inference.start');
    expect(request).toMatchObject({ kind: 'chat', sampling: { maxTokens: 5, stop: ['\n'] } });
    agent.send({ type: 'inference.delta', requestId, text: 'Good ' });
    const chunks: OpenAI.Chat.Completions.ChatCompletionChunk[] = [];
    const stream = await asked;
    agent.send({ type: 'inference.delta', requestId, text: 'day' });
    agent.send({ type: 'inference.end', requestId, finishReason: 'stop', usage });
    for await (const chunk of stream) chunks.push(chunk);
    expect(new Set(chunks.map(({ id, created }) => `${id} ${created}`)).size).toBe(1);
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '' });
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe('Good day');
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage });
  });

  it('chats and completes in one piece, under either name', async () => {
    await ready();
    const chat = openai.chat.completions.create({ model: 'tale', messages });
    const first = await agent.next('inference.start');
    agent.send({ type: 'inference.delta', requestId: first.requestId, text: 'Good day' });
    agent.send({ type: 'inference.end', requestId: first.requestId, finishReason: 'length', usage });
    expect(await chat).toMatchObject({
      object: 'chat.completion',
      model: 'tale',
      choices: [{ message: { role: 'assistant', content: 'Good day' }, finish_reason: 'length' }],
      usage,
    });
    const completion = openai.completions.create({ model: 'model/tale', prompt: 'Once' });
    const second = await agent.next('inference.start');
    expect(second.request).toMatchObject({ kind: 'completion', prompt: 'Once' });
    agent.send({ type: 'inference.delta', requestId: second.requestId, text: ' upon' });
    agent.send({ type: 'inference.end', requestId: second.requestId, finishReason: 'stop', usage });
    expect((await completion).choices[0]).toMatchObject({ text: ' upon', finish_reason: 'stop' });
    const listed = await openai.models.list();
    expect(listed.data).toMatchObject([{ id: 'model/tale', object: 'model', owned_by: 'hearth' }]);
  });

  it('withdraws the question when its asker goes', async () => {
    const id = await ready();
    const stream = openai.chat.completions.create({ model: 'tale', messages, stream: true });
    const { requestId } = await agent.next('inference.start');
    agent.send({ type: 'inference.delta', requestId, text: 'Good' });
    (await stream).controller.abort();
    await agent.next('inference.abort', (abort) => abort.requestId === requestId);
    await expect
      .poll(async () => (await test.client(inference.get, { params: { id } })).active_requests)
      .toBe(0);
    const waiting = new AbortController();
    const whole = openai.chat.completions.create({ model: 'tale', messages }, { signal: waiting.signal });
    whole.catch(() => undefined);
    const second = await agent.next('inference.start');
    waiting.abort();
    await agent.next('inference.abort', (abort) => abort.requestId === second.requestId);
  });

  it('hears of a failure, before the first token by its status, later inside the stream', async () => {
    await ready();
    const ask = () => openai.chat.completions.create({ model: 'tale', messages, stream: true });
    const early = ask();
    const first = await agent.next('inference.start');
    const code = 'inference.context_exceeded';
    agent.send({ type: 'inference.failed', requestId: first.requestId, code, message: 'Too long.' });
    await expect(early).rejects.toMatchObject({ status: 400, code });
    const late = ask();
    const second = await agent.next('inference.start');
    agent.send({ type: 'inference.delta', requestId: second.requestId, text: 'Good' });
    const stream = await late;
    agent.socket.terminate();
    const read = async () => {
      for await (const _ of stream);
    };
    await expect(read()).rejects.toMatchObject({ error: { code: 'inference.failed', type: 'server_error' } });
    await expect(ask()).rejects.toMatchObject({ status: 409, code: 'deployment.not_ready' });
    await expect(openai.chat.completions.create({ model: 'gpt-4', messages })).rejects.toMatchObject({
      status: 404,
    });
  });

  it('is told when the machine takes too long, and when too many ask', async () => {
    const id = await ready();
    const asked = Array.from({ length: 17 }, () =>
      openai.chat.completions.create({ model: 'tale', messages }),
    );
    const outcomes = await Promise.allSettled(asked);
    const statuses = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.status : 200));
    expect(statuses.toSorted()).toEqual([429, ...Array.from({ length: 16 }, () => 502)]);
    expect((await test.client(inference.get, { params: { id } })).active_requests).toBe(0);
    for (let index = 0; index < 16; index += 1) await agent.next('inference.abort');
  });
});

it('predicts by a tabular model, and says which column is missing', async () => {
  const name = await agentRun(test, agent);
  const { id } = await test.client(inference.deploy, { body: { model_name: name } });
  const { deployments } = await agent.next('deployments', (told) => told.deployments.length > 0);
  expect(deployments).toMatchObject([{ engine: 'onnx', metadata: { features: [{ column: 'length' }] } }]);
  const inputs = [{ name: 'length', kind: 'number' as const }];
  agent.send({
    type: 'deployment.report',
    report: { deploymentId: id, state: 'ready', inputs, classes: ['a', 'b'] },
  });
  await expect.poll(() => stateOf(id)).toBe('ready');
  expect(await test.client(inference.get, { params: { id } })).toMatchObject({
    inputs,
    classes: ['a', 'b'],
    task: 'classification',
  });
  const predict = (rows: Record<string, number>[]) =>
    test.client(inference.predict, { params: { id }, body: { rows } });
  const asked = predict([{ length: 1 }]);
  const { requestId, request } = await agent.next('inference.start');
  expect(request).toEqual({ kind: 'predict', rows: [{ length: 1 }] });
  const predictions = [{ label: 'a', probabilities: { a: 0.75, b: 0.25 } }];
  agent.send({ type: 'inference.predicted', requestId, predictions });
  expect(await asked).toEqual({ predictions });
  const wrong = predict([{ width: 1 }]);
  const second = await agent.next('inference.start');
  const code = 'prediction.column_missing';
  agent.send({
    type: 'inference.failed',
    requestId: second.requestId,
    code,
    message: 'Row 1: length is missing.',
  });
  await expect(wrong).rejects.toEqual(refusal('request.invalid'));
  await expect(openai.chat.completions.create({ model: name, messages })).rejects.toMatchObject({
    status: 400,
    code: 'deployment.unsuited',
  });
});
