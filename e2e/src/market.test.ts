import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { routes, ScriptManifest } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeFolders } from '../../agent/src/folders.ts';
import { ensurePython } from '../../agent/src/python/ensure-python.ts';
import { type Product, startProduct, until } from './testing/product.ts';

/** The four documented programs on the real daily bars of the S&P 500 from 2000 to 2020, through server and agent. */
const { jobs, market, registry, scripts } = routes;
const root = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(import.meta.url);
const datasets = join(dirname(require.resolve('vega-datasets')), '../data');
const bars = readFileSync(join(datasets, 'sp500-2000.csv'), 'utf8').trim().split('\n');
const params = { name: 'SP500' };
const early = 5000;
let product: Product;
beforeAll(async () => {
  product = await startProduct();
  const isAble = async () =>
    (await product.client(routes.nodes.list, {})).some(({ status }) => status === 'online');
  await until('an agent being there', isAble, 30_000);
});
afterAll(async () => {
  await product?.stop();
});

const run = (script_name: string, ...args: string[]) =>
  product.client(scripts.run, { body: { script_name, args, timeout: 280 } });
function upload(count: number) {
  const body = new FormData();
  body.append('file', new Blob([bars.slice(0, count + 1).join('\n')]), 'sp500.csv');
  const query = { dataset_name: 'sp500', new_version: 'true' as const };
  return product.client(registry.uploadDataset, { query, body });
}
/** Training takes minutes where packages are fetched first: longer than one HTTP answer should. */
async function train(mode: string) {
  const { run_id } = await product.client(scripts.start, {
    params: { script_name: 'multi_model_trainer.py' },
    body: { mode },
  });
  const ended = async () => {
    const { status } = await product.client(scripts.getRun, { params: { run_id } });
    return !['pending', 'running'].includes(status) && status;
  };
  const status = await until('the training ending', ended, 20 * 60_000, 500);
  const textOf = async (stream: 'stdout' | 'stderr') =>
    (await product.client(jobs.output, { params: { id: run_id, stream } })).text();
  return { status, stdout: await textOf('stdout'), stderr: await textOf('stderr') };
}
const minutes = { timeout: 25 * 60_000 };
const newestFeatures = async (newest: number) =>
  (await product.client(market.features, { params, query: { newest } })).features;
let kinds: string[];

it('collects the bars of a data set with their features, all of them where there are none', async () => {
  await upload(early);
  const args = ['--symbol', 'SP500', '--dataset', 'sp500', '--license', 'BSD-3-Clause'];
  const result = await run('data_collector.py', ...args);
  expect(result, result.stderr).toMatchObject({ status: 'completed', return_code: 0, stderr: '' });
  expect(result.stdout).toContain('collecting all of them');
  expect(await product.client(market.symbol, { params })).toMatchObject({
    ...{ source: 'csv', origin: 'dataset:sp500', license: 'BSD-3-Clause', bars: early, bar_seconds: 86_400 },
    first_time: '2000-01-03T00:00:00.000Z',
  });
  const { rsi_14, volume_z_100 } = await newestFeatures(500);
  expect(rsi_14.every((value) => value !== null && value > 0 && value < 100)).toBe(true);
  expect(volume_z_100.some((value) => value !== null && value > 1)).toBe(true);
});

it(
  'trains every kind of model that can be had, and says how each compares with the naive forecast',
  minutes,
  async () => {
    const result = await train('batch');
    expect(result, result.stderr).toMatchObject({ status: 'completed' });
    const { items } = await product.client(market.models, { params });
    kinds = items.map(({ model }) => model);
    const all = [
      'boosted',
      'linear',
      ...(result.stdout.includes('PyTorch is not installed') ? [] : ['lstm']),
    ];
    expect(kinds).toEqual(all);
    for (const { errors, mode, bars: count } of items) {
      expect({ mode, count }).toEqual({ mode: 'batch', count: early });
      expect(errors.map(({ horizon }) => horizon)).toEqual([6, 12, 24]);
      for (const error of errors) {
        expect(error.rmse).toBeCloseTo(Math.sqrt(error.mse), 12);
        expect(error.mae).toBeLessThan(error.rmse);
        // Nobody foretells an index: what is far better than "nothing changes" has seen the future, far worse is broken.
        expect(error.rmse / error.naive_rmse).toBeGreaterThan(0.9);
        expect(error.rmse / error.naive_rmse).toBeLessThan(1.25);
        expect(error.test_count).toBeGreaterThan(900);
      }
    }
  },
);

it('predicts with each model for each horizon, with a band of 1.96 times its error', async () => {
  const { result } = await product.client(scripts.predict, { body: {} });
  expect(result, result.stderr).toMatchObject({ status: 'completed', return_code: 0 });
  const { items } = await product.client(market.predictions, { params });
  expect(items).toHaveLength(3 * kinds.length);
  const { last_time, last_close } = await product.client(market.symbol, { params });
  for (const { time, close, log_return, price, upper, lower, rmse } of items) {
    expect({ time, close }).toEqual({ time: last_time, close: last_close });
    expect(Math.log(price / close)).toBeCloseTo(log_return, 10);
    expect(Math.log(upper / price)).toBeCloseTo(1.96 * rmse, 10);
    expect(Math.log(price / lower)).toBeCloseTo(1.96 * rmse, 10);
  }
});

it('answers with one line of JSON and nothing else', async () => {
  const result = await run('inference.py', '--horizon', '12');
  expect(result, result.stderr).toMatchObject({ status: 'completed', return_code: 0 });
  expect(result.stdout.trim().split('\n')).toHaveLength(1);
  const answer = JSON.parse(result.stdout) as object;
  expect(answer).toMatchObject({ symbol: 'SP500', horizon: 12, better_than_naive: expect.any(Boolean) });
  const { items } = await product.client(market.predictions, { params });
  expect(items.map(({ price }) => price)).toContainEqual((answer as { price: number }).price);
});

it('appends what came since, changes no feature that was there, and compares what has come true', async () => {
  const before = await newestFeatures(300);
  await upload(bars.length - 1);
  const { result } = await product.client(scripts.collect, { body: {} });
  const later = bars.length - 1 - early;
  expect(result.stdout).toContain(`${later} new bars of SP500`);
  const after = await newestFeatures(300 + later);
  for (const [name, column] of Object.entries(before))
    expect(after[name as keyof typeof after].slice(0, 300), name).toEqual(column);
  await product.client(scripts.predict, { body: {} });
  const { items } = await product.client(market.models, { params });
  for (const { errors } of items)
    for (const { live } of errors) expect(live).toMatchObject({ count: 1, inside_band: expect.any(Number) });
  const open = await product.client(market.predictions, { params });
  expect(open.items).toHaveLength(3 * kinds.length);
});

it(
  'learns anew from the newest 2160 bars, or fails in one clear line where there are too few',
  minutes,
  async () => {
    const result = await train('retrain');
    expect(result.stdout).toContain('on 2160 bars');
    expect(
      await run('data_collector.py', '--symbol', 'FEW', '--source', 'sample', '--bars', '120'),
    ).toMatchObject({
      status: 'completed',
    });
    const refused = await run('multi_model_trainer.py', '--symbol', 'FEW');
    expect(refused).toMatchObject({ status: 'failed', return_code: 1 });
    expect(refused.stderr).toMatch(/^ERROR \d+ bars with whole features are too few .*\n$/);
    const unknown = await run('predictor.py', '--symbol', 'NONE');
    expect(unknown.stderr).toMatch(/^ERROR There are no bars of NONE; .*\(market.not_found\)\n$/);
  },
);

it(
  'passes the tests that stand beside the programs, in the environment they were run in',
  minutes,
  async () => {
    const manifest = ScriptManifest.parse(
      JSON.parse(await readFile(join(root, 'scripts/manifest.json'), 'utf8')),
    );
    const { runtime } = manifest.scripts.find(({ name }) => name === 'multi_model_trainer.py')!;
    if (runtime.type !== 'python') throw new Error('The trainer is no Python program.');
    const { requirements, optional = [] } = runtime;
    const needs = {
      requirements: kinds.includes('lstm') ? [...requirements, ...optional] : requirements,
      ...{ folder: makeFolders(product.home).python, limitMb: 1000, log: () => undefined },
      signal: AbortSignal.timeout(600_000),
    };
    const { python } = await ensurePython(needs);
    const args = ['-m', 'unittest', 'discover', '-s', join(root, 'scripts'), '-p', '*_test.py'];
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
    const { stderr } = await promisify(execFile)(python, args, { env, timeout: 10 * 60_000 });
    expect(stderr).toMatch(/Ran \d{2,} tests[\s\S]*\nOK/);
    if (kinds.includes('lstm')) expect(stderr).not.toContain('skipped');
  },
);
