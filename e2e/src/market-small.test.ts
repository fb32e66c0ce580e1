import { routes } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Product, startProduct, until } from './testing/product.ts';

/** A machine where PyTorch is more than may be fetched unasked: everything but the LSTM goes on. */
const { jobs, market, scripts } = routes;
let product: Product;
beforeAll(async () => {
  product = await startProduct({ HEARTH_PYTHON_DOWNLOAD_LIMIT_MB: '120' });
  const isAble = async () =>
    (await product.client(routes.nodes.list, {})).some(({ status }) => status === 'online');
  await until('an agent being there', isAble, 30_000);
});
afterAll(async () => {
  await product?.stop();
});

async function finish(script_name: string, args: string[] = []) {
  const { run_id } = await product.client(scripts.start, { params: { script_name }, body: { args } });
  const ended = async () => {
    const run = await product.client(scripts.getRun, { params: { run_id } });
    return !['pending', 'running'].includes(run.status) && run;
  };
  const { status } = await until(`${script_name} ending`, ended, 10 * 60_000, 500);
  const stdout = await (
    await product.client(jobs.output, { params: { id: run_id, stream: 'stdout' } })
  ).text();
  const lines = await product.client(jobs.logs, { params: { id: run_id }, query: { limit: 1000 } });
  return { status, stdout, log: lines.map(({ message }) => message).join('\n') };
}

it('trains and predicts without PyTorch, and says what is left out', { timeout: 20 * 60_000 }, async () => {
  expect(await finish('data_collector.py', ['--source', 'sample', '--bars', '700'])).toMatchObject({
    status: 'completed',
  });
  const trained = await finish('multi_model_trainer.py');
  expect(trained.status, trained.log).toBe('completed');
  expect(trained.log).toContain('Going on without torch==');
  expect(trained.stdout).toContain('PyTorch is not installed here: the LSTM is left out');
  const params = { name: 'SAMPLE' };
  const { items } = await product.client(market.models, { params });
  expect(items.map(({ model }) => model)).toEqual(['boosted', 'linear']);
  const predicted = await finish('predictor.py');
  expect(predicted.stdout).toContain('No lstm model is trained for SAMPLE');
  expect((await product.client(market.predictions, { params })).items).toHaveLength(6);
});
