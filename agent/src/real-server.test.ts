import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, routes } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { trainTinyGguf } from '../../learning/src/testing/tiny-gguf.ts';
import { startTestApp, type TestApp } from '../../server/src/testing/test-app.ts';
import { startAgent } from './testing/agent-process.ts';
import { temporaryFolder } from './testing/folder.ts';

let server: TestApp;
let client: Client;
let gguf: Buffer;
beforeAll(async () => {
  server = await startTestApp();
  client = server.client;
  gguf = Buffer.from(await trainTinyGguf());
}, 120_000);
afterAll(() => server.close());

async function until<T>(ask: () => Promise<T | undefined | false>, timeoutMs = 60_000): Promise<T> {
  for (const deadline = performance.now() + timeoutMs; ; await sleep(100)) {
    const found = await ask();
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`It never came to be: ${ask}`);
  }
}

/** An agent enrolled with an invitation, as a second machine would be. */
async function joinAsNode(): Promise<ReturnType<typeof startAgent>> {
  const { token } = await client(routes.nodes.invite, { body: {} });
  const agent = startAgent({ url: server.url, invitation: token }, await temporaryFolder());
  await until(async () => (await client(routes.nodes.list, {})).some((node) => node.status === 'online'));
  return agent;
}
const ready = (id: string) =>
  until(async () => {
    const deployment = await client(routes.inference.get, { params: { id } });
    if (deployment.state === 'failed') throw new Error(deployment.error_message ?? 'failed');
    return deployment.state === 'ready' && deployment;
  });

it('trains, registers, deploys and predicts with the real server', async () => {
  await joinAsNode();
  const [node] = await client(routes.nodes.list, {});
  expect(node?.machine?.cpu_cores).toBeGreaterThan(0);
  await client(routes.registry.addBundledDataset, { params: { name: 'iris' } });
  const body = {
    model_architecture: 'logistic',
    dataset_name: 'iris',
    learning_rate: 0.05,
    batch_size: 16,
    epochs: 20,
  };
  const { session_id } = await client(routes.training.start, { body });
  const run = await until(async () => {
    const found = await client(routes.training.run, { params: { session_id } });
    return found.status !== 'running' && found.status !== 'queued' && found;
  });
  expect(run).toMatchObject({
    status: 'completed',
    error_message: null,
    model: { name: 'logistic_iris', version: 1 },
  });
  expect(await client(routes.training.history, { params: { session_id } })).toHaveLength(20);
  const { id } = await client(routes.inference.deploy, { body: { model_name: 'logistic_iris' } });
  const { inputs } = await ready(id);
  const row = Object.fromEntries((inputs ?? []).map(({ name, example }) => [name, example ?? 0]));
  const { predictions } = await client(routes.inference.predict, { params: { id }, body: { rows: [row] } });
  expect(Object.keys(predictions[0]?.probabilities ?? {})).toHaveLength(3);
  const wrong = client(routes.inference.predict, {
    params: { id },
    body: { rows: [{ ...row, colour: 'red' }] },
  });
  await expect(wrong).rejects.toMatchObject({ code: 'request.invalid', status: 400 });
}, 120_000);

it('pulls a model from a file, and talks, streamed and whole', async () => {
  await joinAsNode();
  const path = join(await temporaryFolder(), 'tiny.gguf');
  await writeFile(path, gguf);
  const { id: pullId } = await client(routes.registry.startPull, {
    body: { source: `file:${path}`, model_name: 'tiny' },
  });
  await until(async () => {
    const pull = (await client(routes.registry.listPulls, {})).find(({ id }) => id === pullId);
    if (pull?.state === 'failed') throw new Error(pull.error_message ?? 'failed');
    return pull?.state === 'completed';
  });
  const { id } = await client(routes.inference.deploy, { body: { model_name: 'tiny', name: 'tiny' } });
  expect(await ready(id)).toMatchObject({ chats: false, context_length: 256 });
  const messages = [{ role: 'user' as const, content: 'Alice was ' }];
  const sampling = { model: 'model/tiny', max_tokens: 30, temperature: 0 };
  const whole = await client(routes.openAi.chat, { body: { ...sampling, messages } });
  expect(whole.usage?.completion_tokens).toBe(30);
  const streamed = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...sampling, messages, stream: true }),
  });
  const deltas = (await streamed.text())
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)).choices[0]?.delta.content ?? '');
  expect(deltas.join('')).toBe(whole.choices[0]?.message.content);
  expect(deltas.length).toBeGreaterThan(20);
  const tooLong = client(routes.openAi.complete, { body: { ...sampling, prompt: 'Alice '.repeat(100) } });
  await expect(tooLong).rejects.toMatchObject({ code: 'inference.context_exceeded', status: 400 });
}, 120_000);
