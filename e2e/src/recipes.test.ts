import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Deployment, routes, type TrainingConfig, trainedModelName } from '@hearth/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeText, prepareText, vocabularySize } from '../../learning/src/data/text.ts';
import { bigramLoss } from '../../learning/src/testing/bigram.ts';
import { readFiles, withoutComments } from './testing/guide.ts';
import { type Product, startProduct, until } from './testing/product.ts';
import { startSecondAgent } from './testing/second-agent.ts';

/** Recipes on the product as it starts: real environments, real PyTorch and scikit-learn, real engines. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const { training, registry, inference } = routes;
let product: Product;
beforeAll(async () => {
  product = await startProduct({ HEARTH_PYTHON_FOLDER: join(root, '.cache/python') });
  for (const name of ['digits', 'alice'])
    await product.client(registry.addBundledDataset, { params: { name } });
});
afterAll(async () => {
  expect(await product?.stop()).toBe(0);
});

const usual = { learning_rate: 0.003, batch_size: 32, epochs: 4, dataset_name: 'digits', seed: 1 };
type Wanted = Pick<TrainingConfig, 'model_architecture'> & Partial<TrainingConfig>;
const start = async (config: Wanted) =>
  (await product.client(training.start, { body: { ...usual, ...config } })).session_id;
const runOf = (session_id: string) => product.client(training.run, { params: { session_id } });
const historyOf = (session_id: string) => product.client(training.history, { params: { session_id } });

/** Waits for the end of a run and answers its rows. */
async function completed(session_id: string) {
  const run = await until(
    'the end of the run',
    async () => {
      const found = await runOf(session_id);
      return !['queued', 'running'].includes(found.status) && found;
    },
    280_000,
  );
  if (run.status !== 'completed') throw new Error(`${run.status}: ${run.error_message}`);
  return { run, rows: await historyOf(session_id) };
}

async function deploy(model_name: string): Promise<Deployment> {
  const { id } = await product.client(inference.deploy, { body: { model_name } });
  const look = async () => {
    const deployment = await product.client(inference.get, { params: { id } });
    if (deployment.state === 'failed') throw new Error(deployment.error_message ?? 'failed');
    return deployment.state === 'ready' && deployment;
  };
  return until(`${model_name} being ready`, look, 120_000);
}

/** The part of the first digits that a deployed model tells right. */
async function shareRight(id: string, count = 100): Promise<number> {
  const [head = '', ...lines] = read('learning/datasets/digits.csv')
    .trim()
    .split('\n')
    .slice(0, count + 1);
  const columns = head.split(',');
  const rows = lines.map((line) =>
    Object.fromEntries(line.split(',').map((cell, at) => [columns[at]!, Number(cell)])),
  );
  const inputs = rows.map(({ label: _, ...row }) => row);
  const { predictions } = await product.client(inference.predict, { params: { id }, body: { rows: inputs } });
  return predictions.filter(({ label }, at) => label === String(rows[at]!.label)).length / count;
}

describe.each<[string, Wanted]>([
  ['a forest', { model_architecture: 'sklearn-tabular', options: { model: 'forest', trees: 60 } }],
  [
    'a linear model',
    { model_architecture: 'sklearn-tabular', options: { model: 'linear' }, learning_rate: 0.1 },
  ],
  [
    'boosted trees',
    { model_architecture: 'sklearn-tabular', options: { model: 'boosting', trees: 40 }, learning_rate: 0.3 },
  ],
  ['a perceptron', { model_architecture: 'torch-mlp', epochs: 8 }],
  ['a convolutional network', { model_architecture: 'torch-cnn', options: { filters: 8 } }],
])('%s', (_, config) => {
  it('tells digits it has not seen, and so does its deployed model', async () => {
    const { run, rows } = await completed(await start(config));
    expect(rows.map(({ epoch }) => epoch)).toEqual(
      Array.from({ length: run.config.epochs }, (_, at) => at + 1),
    );
    expect(rows.at(-1)?.val_accuracy).toBeGreaterThanOrEqual(0.9);
    expect(run.code_digest).toMatch(/^[0-9a-f]{64}$/);
    const { id } = await deploy(trainedModelName(run.config));
    expect(await shareRight(id)).toBeGreaterThanOrEqual(0.93);
    await product.client(inference.remove, { params: { id } });
  });
});

it('learns numbers too, and says what it cannot learn from', async () => {
  await product.client(registry.addBundledDataset, { params: { name: 'iris' } });
  const config = {
    model_architecture: 'torch-mlp',
    dataset_name: 'iris',
    target: 'petal_length_cm',
    epochs: 20,
  };
  const { run, rows } = await completed(await start(config));
  expect(rows.at(-1)?.val_accuracy).toBeGreaterThan(0.85);
  const { id } = await deploy(trainedModelName(run.config));
  const row = { sepal_length_cm: 5.1, sepal_width_cm: 3.5, petal_width_cm: 0.2, species: 'setosa' };
  const { predictions } = await product.client(inference.predict, { params: { id }, body: { rows: [row] } });
  expect(predictions[0]?.value).toBeGreaterThan(0.8);
  expect(predictions[0]?.value).toBeLessThan(2.2);
  const failed = await start({ ...config, target: 'colour' });
  await expect(completed(failed)).rejects.toThrow(/failed: There is no column "colour"/);
});

it('trains a language model that beats a bigram model, and chats with its GGUF', async () => {
  const options = { width: 64, layers: 2, context: 64, kv_heads: 2 };
  const config: Wanted = {
    model_architecture: 'torch-tiny-transformer',
    dataset_name: 'alice',
    optimizer: 'adamw',
    epochs: 3,
    batch_size: 16,
    steps_per_epoch: 100,
    options,
  };
  const { run, rows } = await completed(await start(config));
  const { training: seen, validation, vocabulary } = prepareText(read('learning/datasets/alice.txt'), 64);
  const floor = bigramLoss(seen, validation, vocabularySize(vocabulary));
  console.info(`tiny transformer: held-out loss ${rows.at(-1)?.val_loss}, a bigram model's ${floor}`);
  expect(rows.at(-1)?.val_loss).toBeLessThan(floor - 0.2);
  const deployment = await deploy(trainedModelName(run.config));
  const body = {
    model: `model/${deployment.name}`,
    messages: [{ role: 'user' as const, content: 'Alice was ' }],
    max_tokens: 60,
    temperature: 0,
  };
  const answer = await product.client(routes.openAi.chat, { body });
  const text = 'choices' in answer ? (answer.choices[0]?.message.content ?? '') : '';
  expect(text.length).toBeGreaterThan(20);
  // Characters it has learned, spaced as words are.
  expect(encodeText(text, vocabulary).every((id) => id > 0)).toBe(true);
  expect(text.trim().split(/\s+/).length).toBeGreaterThan(3);
});

it('goes on after a stop where it was: every epoch once', async () => {
  const session_id = await start({ model_architecture: 'torch-mlp', epochs: 12, batch_size: 2 });
  await until('two epochs', async () => ((await runOf(session_id)).current_epoch ?? 0) >= 2, 120_000);
  await product.client(training.stop, { params: { session_id } });
  const stopped = await runOf(session_id);
  expect(stopped.status).toBe('stopped');
  expect(stopped.checkpoint?.epoch).toBeGreaterThanOrEqual(2);
  expect(stopped.current_epoch).toBeLessThan(12);
  await product.client(training.resume, { params: { session_id }, body: {} });
  const { run, rows } = await completed(session_id);
  expect(run.attempt).toBe(2);
  expect(rows.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 12 }, (_, at) => at + 1));
  const logs = await product.client(training.logs, { params: { session_id }, query: { limit: 1000 } });
  const first = logs.filter(({ message }) => message.startsWith('Epoch 1 of 12'));
  expect(first).toHaveLength(1);
});

it('goes on with a built-in trainer, too', async () => {
  const session_id = await start({ model_architecture: 'mlp', epochs: 300, batch_size: 4 });
  await until('some epochs', async () => ((await runOf(session_id)).current_epoch ?? 0) >= 3, 60_000);
  await product.client(training.stop, { params: { session_id } });
  const { checkpoint } = await runOf(session_id);
  expect(checkpoint?.epoch).toBeGreaterThanOrEqual(3);
  await product.client(training.resume, { params: { session_id }, body: {} });
  const { rows } = await completed(session_id);
  expect(rows.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 300 }, (_, at) => at + 1));
});

it('trains on two machines together, and stops them together', async () => {
  const agent = await startSecondAgent(product, { HEARTH_PYTHON_FOLDER: join(root, '.cache/python') });
  try {
    const config = { model_architecture: 'torch-mlp', nodes: 2, epochs: 5 };
    const { run, rows } = await completed(await start(config));
    expect(rows.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5]);
    expect(rows.at(-1)?.val_accuracy).toBeGreaterThanOrEqual(0.9);
    const { items } = await product.client(routes.jobs.list, { query: { kind: 'training', limit: 2 } });
    expect(new Set(items.map(({ node_id }) => node_id)).size).toBe(2);
    const { params } = await product.client(routes.tracking.run, { params: { run_id: run.run_id } });
    expect(params).toMatchObject({ machines: '2' });

    const session_id = await start({ ...config, epochs: 500 });
    await until('an epoch', async () => ((await runOf(session_id)).current_epoch ?? 0) >= 1, 120_000);
    await product.client(training.stop, { params: { session_id } });
    const ended = async () =>
      (await product.client(routes.jobs.list, { query: { kind: 'training', limit: 2 } })).items.every(
        ({ state }) => state === 'stopped' || state === 'failed',
      );
    await until('the end of both', ended, 20_000);
  } finally {
    await agent.stop();
  }
});

it('runs the recipe of the guide, which is the same in both languages', async () => {
  const guide = readFiles(read('docs/en/recipes.md'));
  const russian = readFiles(read('docs/ru/recipes.md'));
  expect(russian.map(({ code }) => withoutComments(code))).toEqual(
    guide.map(({ code }) => withoutComments(code)),
  );
  const folder = join(product.home, 'trainers/line');
  await mkdir(folder, { recursive: true });
  for (const { name, code } of guide) await writeFile(join(folder, name), `${code}\n`);
  const table = `x,y\n${Array.from({ length: 40 }, (_, at) => `${at / 40},${(3 * at) / 40 + 1}`).join('\n')}\n`;
  const body = new FormData();
  body.append('file', new Blob([table]), 'line.csv');
  await product.client(registry.uploadDataset, { query: { dataset_name: 'line' }, body });
  const config: Wanted = {
    model_architecture: 'line',
    dataset_name: 'line',
    learning_rate: 1,
    epochs: 200,
    options: { column: 'x' },
  };
  const { run, rows } = await completed(await start(config));
  expect(rows).toHaveLength(200);
  expect(run.checkpoint?.epoch).toBe(200);
  const [version] = await product.client(registry.modelVersions, { params: { name: 'line_line' } });
  expect(version?.metadata).toMatchObject({
    task: 'regression',
    slope: expect.closeTo(3, 1),
    height: expect.closeTo(1, 1),
  });
  await expect(completed(await start({ ...config, options: { column: 'z' } }))).rejects.toThrow(
    /no columns z and y/,
  );
});
