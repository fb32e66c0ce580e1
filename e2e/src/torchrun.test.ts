import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Job, routes } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { processesOf } from './testing/job-processes.ts';
import { type Product, startProduct, until } from './testing/product.ts';
import { startSecondAgent } from './testing/second-agent.ts';

/** One run on two machines: PyTorch's own torchrun and gloo, in the environment that the product makes. */
const { training } = routes;
const env = {
  HEARTH_PYTHON_FOLDER: join(fileURLToPath(new URL('../..', import.meta.url)), '.cache/python'),
};
let product: Product;
let second: Awaited<ReturnType<typeof startSecondAgent>> | undefined;
beforeAll(async () => {
  product = await startProduct(env);
  await product.client(routes.registry.addBundledDataset, { params: { name: 'digits' } });
});
afterAll(async () => {
  await second?.stop();
  await product?.stop();
});

const config = {
  ...{ model_architecture: 'torch-mlp', dataset_name: 'digits', nodes: 2, seed: 1 },
  ...{ learning_rate: 0.003, batch_size: 32 },
};
const start = async (epochs: number) =>
  (await product.client(training.start, { body: { ...config, epochs } })).session_id;
const runOf = (session_id: string) => product.client(training.run, { params: { session_id } });
const membersOf = async (session_id: string): Promise<Job[]> => {
  const { items } = await product.client(routes.jobs.list, { query: { kind: 'training', limit: 20 } });
  return items.filter((job) => job.subject === session_id);
};
const endOf = (session_id: string) =>
  until(
    'the end of the run',
    async () => {
      const run = await runOf(session_id);
      return !['queued', 'running'].includes(run.status) && run;
    },
    280_000,
  );
const epochsDone = (session_id: string, count: number) =>
  until(`epoch ${count}`, async () => ((await runOf(session_id)).current_epoch ?? 0) >= count, 150_000);
/** Ranks of torchrun's workers that are alive now, by job. */
const workersOf = (jobs: readonly Job[]) =>
  processesOf(jobs.map((job) => job.id)).flatMap(({ pid, environment: { HEARTH_JOB_ID, RANK, ...rest } }) =>
    RANK === undefined ? [] : [{ pid, job: HEARTH_JOB_ID!, rank: RANK, size: rest.WORLD_SIZE }],
  );
const nothingLeft = (jobs: readonly Job[]) =>
  until('no process being left', async () => processesOf(jobs.map((job) => job.id)).length === 0, 10_000);

it('waits whole while there is one machine, and says why; begins on both when there are two', async () => {
  const session_id = await start(12);
  const waiting = await until(
    'the reason to wait',
    async () => {
      const run = await runOf(session_id);
      return run.waiting_for !== null && run;
    },
    20_000,
  );
  expect(waiting.status).toBe('queued');
  expect(waiting.waiting_for).toMatch(/Needs 2 machines at once for training jobs; online is 1/);
  expect((await membersOf(session_id)).map((job) => job.state)).toEqual(['queued', 'queued']);

  second = await startSecondAgent(product, env);
  const jobs = await until(
    'both being at work',
    async () => {
      const members = await membersOf(session_id);
      return members.every((job) => job.state === 'running') && members;
    },
    30_000,
  );
  expect(new Set(jobs.map((job) => job.node_id)).size).toBe(2);
  const workers = await until(
    'both ranks being alive at once',
    async () => {
      const found = workersOf(jobs);
      return found.length === 2 && found;
    },
    150_000,
    20,
  );
  expect(workers.map((worker) => worker.rank).toSorted()).toEqual(['0', '1']);
  expect(workers.every((worker) => worker.size === '2')).toBe(true);
  expect(new Set(workers.map((worker) => worker.job)).size).toBe(2);

  const run = await endOf(session_id);
  expect(run.status, run.error_message ?? '').toBe('completed');
  const rows = await product.client(training.history, { params: { session_id } });
  expect(rows.map((row) => row.epoch)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
  expect(rows.at(-1)?.val_accuracy).toBeGreaterThanOrEqual(0.9);
  expect((await membersOf(session_id)).map((job) => job.state)).toEqual(['completed', 'completed']);
  expect(run.model).toMatchObject({ name: 'torch-mlp_digits', version: 1 });
  await nothingLeft(jobs);
});

it('is stopped on both by one order', async () => {
  const session_id = await start(1000);
  await epochsDone(session_id, 1);
  const jobs = await membersOf(session_id);
  expect(new Set(processesOf(jobs.map((job) => job.id)).map((one) => one.environment.NODE_RANK))).toContain(
    '1',
  );
  await product.client(training.stop, { params: { session_id } });
  expect((await runOf(session_id)).status).toBe('stopped');
  await nothingLeft(jobs);
  await until(
    'the end of both',
    async () => (await membersOf(session_id)).every((job) => ['stopped', 'failed'].includes(job.state)),
    20_000,
  );
});

it('fails as a whole when one of its processes is killed', async () => {
  const session_id = await start(1000);
  await epochsDone(session_id, 1);
  const jobs = await membersOf(session_id);
  const victim = workersOf(jobs).find((worker) => worker.rank === '1');
  if (!victim) throw new Error('rank 1 was not found');
  process.kill(victim.pid, 'SIGKILL');
  const run = await endOf(session_id);
  expect(run.status).toBe('failed');
  expect(run.error_message).not.toBeNull();
  await until(
    'the end of both',
    async () => (await membersOf(session_id)).every((job) => ['stopped', 'failed'].includes(job.state)),
    30_000,
  );
  await nothingLeft(jobs);
});
