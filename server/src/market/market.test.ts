import { type MarketModelError, type MarketPrediction, marketFeatureNames, routes } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ScriptedAgent } from '../testing/scripted-agent.ts';
import { startRun, uploadDataset } from '../testing/story.ts';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

const { market } = routes;
const refusal = (code: string) => expect.objectContaining({ code });
const timeOf = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour)).toISOString();

/** Bars number `from` to `from + count - 1`, an hour each; the close is 100 plus the bar's number. */
function rowsOf(collection_id: string, from: number, count: number) {
  const column = (make: (i: number) => number) => Array.from({ length: count }, (_, i) => make(from + i));
  const bars = {
    time: column((i) => i).map(timeOf),
    open: column((i) => 99.5 + i),
    high: column((i) => 101 + i),
    low: column((i) => 99 + i),
    close: column((i) => 100 + i),
    volume: column(() => 10),
  };
  const features = Object.fromEntries(
    marketFeatureNames.map((name) => [name, column((i) => i).map((i) => (i < 5 ? null : i / 10))]),
  ) as Record<(typeof marketFeatureNames)[number], (number | null)[]>;
  return { collection_id, bars, features };
}

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

async function collect(name: string, count: number, origin = 'dataset:one'): Promise<string> {
  const body = { source: 'csv' as const, origin };
  const { collection_id } = await test.client(market.collect, { params: { name }, body });
  await test.client(market.addRows, { params: { name }, body: rowsOf(collection_id, 0, count) });
  await test.client(market.finish, { params: { name, id: collection_id } });
  return collection_id;
}
const errorOf = (horizon: number, change: Partial<MarketModelError> = {}): MarketModelError => ({
  horizon,
  mae: 0.01,
  mse: 0.0004,
  rmse: 0.02,
  naive_mae: 0.02,
  naive_rmse: 0.03,
  train_count: 80,
  test_count: 20,
  test_from: timeOf(80),
  test_to: timeOf(99),
  ...change,
});
function train(name: string, content = 'weights') {
  const file = Buffer.from(content).toString('base64');
  const body = {
    file,
    library: 'test 1.0',
    mode: 'batch' as const,
    bars: 100,
    errors: [errorOf(6), errorOf(12)],
  };
  return test.client(market.putModel, { params: { name, model: 'linear' }, body });
}
const predictionOf = (hour: number, horizon: number, change: number): MarketPrediction => ({
  time: timeOf(hour),
  model: 'linear',
  horizon,
  target_time: timeOf(hour + horizon),
  close: 100 + hour,
  log_return: change,
  rmse: 0.02,
  price: (100 + hour) * Math.exp(change),
  lower: (100 + hour) * Math.exp(change - 0.0392),
  upper: (100 + hour) * Math.exp(change + 0.0392),
});

it('shows a new collection only when it is whole, and then in one go', async () => {
  const params = { name: 'whole' };
  await expect(test.client(market.symbol, { params })).rejects.toEqual(refusal('market.not_found'));
  const body = { source: 'sample' as const, origin: 'formula' };
  const { collection_id: id } = await test.client(market.collect, { params, body });
  await expect(test.client(market.finish, { params: { ...params, id } })).rejects.toEqual(
    refusal('market.empty'),
  );
  await test.client(market.addRows, { params, body: rowsOf(id, 0, 30) });
  await expect(test.client(market.bars, { params })).rejects.toEqual(refusal('market.not_found'));
  const shown = await test.client(market.finish, { params: { ...params, id } });
  expect(shown).toMatchObject({
    symbol: 'whole',
    bars: 30,
    bar_seconds: 3600,
    first_time: timeOf(0),
    last_time: timeOf(29),
    last_close: 129,
  });
  const second = await collect('whole', 10);
  expect(await test.client(market.symbol, { params })).toMatchObject({ bars: 10, collection_id: second });
  const late = test.client(market.addRows, { params, body: rowsOf(id, 30, 1) });
  await expect(late).rejects.toEqual(refusal('market.collection_gone'));
  const { rows } = await test.database.$client.query('select 1 from market_bars where collection_id = $1', [
    id,
  ]);
  expect(rows).toEqual([]);
});

it('appends, replaces what is told again, and reads in parts', async () => {
  const params = { name: 'parts' };
  const collection_id = await collect('parts', 10);
  const body = rowsOf(collection_id, 8, 4);
  body.bars.close[0] = 7;
  expect(await test.client(market.addRows, { params, body })).toEqual({ stored: 4 });
  const first = await test.client(market.bars, { params, query: { limit: 9 } });
  expect(first.bars.close).toEqual([100, 101, 102, 103, 104, 105, 106, 107, 7]);
  expect(first.next_after).toBe(timeOf(8));
  const rest = await test.client(market.features, { params, query: { limit: 9, after: first.next_after! } });
  expect(rest).toMatchObject({ collection_id, next_after: null, time: [9, 10, 11].map(timeOf) });
  expect(rest.features.rsi_14).toEqual([0.9, 1, 1.1]);
  const newest = await test.client(market.features, { params, query: { newest: 2 } });
  expect(newest.close).toEqual([110, 111]);
  expect((await test.client(market.features, { params })).features.atr_14[0]).toBeNull();
});

it('refuses columns that do not fit together', async () => {
  const params = { name: 'uneven' };
  const collection_id = await collect('uneven', 3);
  const send = (change: (rows: ReturnType<typeof rowsOf>) => void) => {
    const body = rowsOf(collection_id, 0, 3);
    change(body);
    return test.client(market.addRows, { params, body });
  };
  await expect(send(({ bars }) => bars.close.pop())).rejects.toEqual(refusal('request.invalid'));
  await expect(send(({ bars }) => bars.time.reverse())).rejects.toEqual(refusal('request.invalid'));
  await expect(send(({ features }) => features.macd.pop())).rejects.toEqual(refusal('request.invalid'));
  await expect(send(({ bars }) => bars.low.fill(-1))).rejects.toEqual(refusal('request.invalid'));
  const many = test.client(market.addRows, { params, body: rowsOf(collection_id, 0, 2501) });
  await expect(many).rejects.toEqual(refusal('request.invalid'));
});

it('puts bars together for a picture, and shows each where there are few', async () => {
  const params = { name: 'picture' };
  await collect('picture', 100);
  const thin = await test.client(market.chart, { params, query: { points: 10, features: 'rsi_14' } });
  expect(thin).toMatchObject({ count: 100, is_thinned: true });
  expect(thin.bars.open).toHaveLength(10);
  expect(thin.bars).toMatchObject({ volume: Array(10).fill(100) });
  expect([thin.bars.open[1], thin.bars.high[1], thin.bars.low[1], thin.bars.close[1]]).toEqual([
    109.5, 120, 109, 119,
  ]);
  expect(thin.features.rsi_14![1]).toBeCloseTo(1.45, 10);
  const range = { from: timeOf(3), to: timeOf(8), features: 'macd,rsi_14' };
  const exact = await test.client(market.chart, { params, query: range });
  expect(exact).toMatchObject({ count: 6, is_thinned: false });
  expect(exact.features.macd).toEqual([null, null, 0.5, 0.6, 0.7, 0.8]);
  const newest = await test.client(market.chart, { params, query: { newest: 2 } });
  expect(newest.bars.close).toEqual([198, 199]);
  const none = await test.client(market.chart, { params, query: { from: timeOf(500) } });
  expect(none).toMatchObject({ count: 0, bars: { time: [] } });
  const unknown = { features: 'rsi_14,drop' };
  await expect(test.client(market.chart, { params, query: unknown as never })).rejects.toEqual(
    refusal('request.invalid'),
  );
});

it('keeps a model as bytes with its errors, and lets the file of the earlier one go', async () => {
  const params = { name: 'learnt' };
  await expect(train('learnt')).rejects.toEqual(refusal('market.not_found'));
  await collect('learnt', 100);
  const first = await train('learnt', 'one');
  const second = await train('learnt', 'two');
  const file = await test.client(market.modelFile, { params: { ...params, model: 'linear' } });
  expect(await file.text()).toBe('two');
  const { items } = await test.client(market.models, { params });
  expect(items).toMatchObject([{ model: 'linear', sha256: second.sha256, library: 'test 1.0' }]);
  expect(items[0]!.errors.map(({ horizon, live }) => [horizon, live])).toEqual([
    [6, null],
    [12, null],
  ]);
  const { rows } = await test.database.$client.query('select 1 from blobs where sha256 = $1', [first.sha256]);
  expect(rows).toEqual([]);
  const other = test.client(market.modelFile, { params: { ...params, model: 'lstm' } });
  await expect(other).rejects.toEqual(refusal('market.model_not_found'));
});

it('compares predictions that have come true with what came', async () => {
  const params = { name: 'future' };
  const collection_id = await collect('future', 100);
  const predictions = [predictionOf(99, 6, 0), predictionOf(99, 12, 0.05), predictionOf(98, 6, 0.05)];
  const early = test.client(market.predict, { params, body: { predictions } });
  await expect(early).rejects.toEqual(refusal('market.model_not_found'));
  await train('future');
  expect(await test.client(market.predict, { params, body: { predictions } })).toEqual({
    stored: 3,
    come_true: 0,
  });
  await test.client(market.addRows, { params, body: rowsOf(collection_id, 100, 5) });
  const again = { predictions: [predictionOf(104, 6, 0)] };
  expect(await test.client(market.predict, { params, body: again })).toEqual({ stored: 1, come_true: 1 });
  await test.client(market.addRows, { params, body: rowsOf(collection_id, 105, 1) });
  expect(await test.client(market.predict, { params, body: { predictions: [] } })).toEqual({
    stored: 0,
    come_true: 1,
  });
  const page = await test.client(market.predictions, { params, query: { limit: 1 } });
  expect(page.items.map(({ time, horizon }) => [time, horizon])).toEqual([[timeOf(104), 6]]);
  const rest = await test.client(market.predictions, { params, query: { cursor: page.next_cursor! } });
  expect(rest.items.map(({ time, horizon }) => [time, horizon])).toEqual([[timeOf(99), 12]]);
  // Horizon 6: told 0.05 at bar 98, came ln(204 / 198); told 0 at bar 99, came ln(205 / 199).
  const came = [Math.log(204 / 198), Math.log(205 / 199)];
  const missed = [0.05 - came[0]!, 0 - came[1]!];
  const rootMean = (values: number[]) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
  const { live } = (await test.client(market.models, { params })).items[0]!.errors[0]!;
  expect(live).toMatchObject({ count: 2, inside_band: 1 });
  expect(live!.rmse).toBeCloseTo(rootMean(missed), 12);
  expect(live!.naive_rmse).toBeCloseTo(rootMean(came), 12);
});

it('forgets what was learnt when another source takes the place, and everything when deleted', async () => {
  const params = { name: 'moved' };
  await collect('moved', 50);
  await train('moved');
  await collect('moved', 60);
  expect((await test.client(market.models, { params })).items).toHaveLength(1);
  await collect('moved', 60, 'dataset:two');
  expect((await test.client(market.models, { params })).items).toEqual([]);
  await train('moved');
  await test.client(market.remove, { params });
  await expect(test.client(market.remove, { params })).rejects.toEqual(refusal('market.not_found'));
  const { items } = await test.client(market.symbols, {});
  expect(items.map(({ symbol }) => symbol)).not.toContain('moved');
  const { rows } = await test.database.$client.query(
    `select symbol from market_models where symbol = 'moved' union all
     select symbol from market_predictions where symbol = 'moved'`,
  );
  expect(rows).toEqual([]);
});

it("lets a job read, and only a script's job write", async () => {
  await collect('guarded', 5);
  const agent = await ScriptedAgent.connect(test);
  await uploadDataset(test, 'flowers');
  await startRun(test);
  const { jobToken } = await agent.next('job.assign');
  const asJob = test.clientOf(jobToken);
  const params = { name: 'guarded' };
  expect(await asJob(market.symbol, { params })).toMatchObject({ bars: 5 });
  const body = { source: 'sample' as const, origin: 'formula' };
  await expect(asJob(market.collect, { params, body })).rejects.toEqual(refusal('auth.forbidden'));
  await expect(asJob(market.predict, { params, body: { predictions: [] } })).rejects.toEqual(
    refusal('auth.forbidden'),
  );
  await expect(asJob(market.remove, { params })).rejects.toEqual(refusal('auth.required'));
  await expect(test.clientOf()(market.symbols, {})).rejects.toEqual(refusal('auth.required'));
  await agent.close();
});
