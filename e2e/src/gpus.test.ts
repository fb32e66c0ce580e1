import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { routes } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { processesOf } from './testing/job-processes.ts';
import { type Product, startProduct, until } from './testing/product.ts';

/** Which GPUs a job gets, asked of its own environment; the machine's are those of a recorded nvidia-smi. */
const { training } = routes;
/** As a machine with two cards answered, field by field. */
const recorded = {
  name: ['NVIDIA GeForce RTX 3090', 'NVIDIA GeForce RTX 3090'],
  'utilization.gpu': ['0', '3'],
  'memory.used': ['412', '18'],
  'memory.total': ['24576', '24576'],
  'temperature.gpu': ['41', '38'],
};
const nvidiaSmi = `#!/usr/bin/env python3
import sys
recorded = ${JSON.stringify(recorded)}
if len(sys.argv) != 3 or not sys.argv[1].startswith("--query-gpu=") or sys.argv[2] != "--format=csv,noheader,nounits":
    sys.exit(f"Invalid combination of input arguments: {sys.argv[1:]}")
fields = sys.argv[1].removeprefix("--query-gpu=").split(",")
for field in fields:
    if field not in recorded:
        print(f'Field "{field}" is not a valid field to query.')
        sys.exit(2)
for card in zip(*(recorded[field] for field in fields)):
    print(", ".join(card))
`;
/** A recipe that tells its GPUs and then works until it is told to stop. */
const program = `
import json, os, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
print(json.dumps({"log": "GPUs " + os.environ.get("CUDA_VISIBLE_DEVICES", "none")}), flush=True)
time.sleep(600)
`;
const recipe = {
  name: 'asker',
  description: { en: 'Tells which GPUs it has.' },
  data: 'tabular',
  formats: ['csv'],
  entry: 'train.py',
  runtime: { type: 'python' },
  supports: { resume: false, gpus: true, nodes: false },
};

let product: Product;
let tools: string;
beforeAll(async () => {
  tools = await mkdtemp(join(tmpdir(), 'hearth-tools-'));
  await writeFile(join(tools, 'nvidia-smi'), nvidiaSmi, { mode: 0o755 });
  product = await startProduct({
    MAX_CONCURRENT_SESSIONS: '5',
    PATH: `${tools}${delimiter}${process.env.PATH}`,
    CUDA_VISIBLE_DEVICES: '',
  });
  const folder = join(product.home, 'trainers/asker');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'recipe.json'), JSON.stringify(recipe));
  await writeFile(join(folder, 'train.py'), program);
  await product.client(routes.registry.addBundledDataset, { params: { name: 'iris' } });
  await until('the agent being there', async () => (await node())?.status === 'online', 30_000);
});
afterAll(async () => {
  await product?.stop();
  await rm(tools, { recursive: true, force: true });
});

const node = async () => (await product.client(routes.nodes.list, {}))[0];
const start = async (gpus: number) => {
  const body = {
    ...{ model_architecture: 'asker', dataset_name: 'iris', gpus },
    ...{ learning_rate: 0.01, batch_size: 1, epochs: 1 },
  };
  return (await product.client(training.start, { body })).session_id;
};
const runOf = (session_id: string) => product.client(training.run, { params: { session_id } });
const stop = (session_id: string) => product.client(training.stop, { params: { session_id } });
/** What the program itself found in its environment, and what stands in that of its process. */
async function gpusSeen(session_id: string) {
  const told = await until(
    'the program telling its GPUs',
    async () => {
      const lines = await product.client(training.logs, { params: { session_id } });
      return lines.map((line) => /^GPUs (.*)/.exec(line.message)?.[1]).find((gpus) => gpus !== undefined);
    },
    60_000,
  );
  const run = await runOf(session_id);
  const python = processesOf([run.job_id]).find(({ command }) => command.includes('train.py'));
  expect(python?.environment.CUDA_VISIBLE_DEVICES ?? 'none').toBe(told);
  return { told, given: run.gpus };
}
const waitsFor = (session_id: string) =>
  until('the reason to wait', async () => (await runOf(session_id)).waiting_for ?? undefined, 20_000);

it('knows the cards of the machine', async () => {
  expect((await node())?.machine?.gpus).toEqual([
    { name: 'NVIDIA GeForce RTX 3090', memory_bytes: 24576 * 1024 ** 2 },
    { name: 'NVIDIA GeForce RTX 3090', memory_bytes: 24576 * 1024 ** 2 },
  ]);
  const info = await product.client(routes.system.info, {});
  expect(info).toMatchObject({ gpu_available: true, gpu_memory_used_mb: 430, gpu_memory_total_mb: 49152 });
});

it('gives each card to one job at a time, and says what the next one waits for', async () => {
  const [first, other] = [await start(1), await start(1)];
  const seen = [await gpusSeen(first), await gpusSeen(other)];
  expect(seen.map(({ told }) => told).toSorted()).toEqual(['0', '1']);
  for (const { told, given } of seen) expect(given).toEqual([Number(told)]);

  const both = await start(2);
  expect(await waitsFor(both)).toBe('Waits until 2 GPUs of one machine are free.');
  const none = await start(0);
  await stop(first);
  expect((await runOf(both)).status).toBe('queued');
  await stop(other);
  expect(await gpusSeen(both)).toEqual({ told: '0,1', given: [0, 1] });
  await stop(both);
  await stop(none);
});

it('says when no machine has so many', async () => {
  const session_id = await start(3);
  expect(await waitsFor(session_id)).toMatch(/Needs a machine with 3 GPUs for training jobs; online are 0/);
  await stop(session_id);
});
