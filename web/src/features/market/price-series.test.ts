import type { MarketPrediction } from '@hearth/contract';
import { expect, test } from 'vitest';
import { gainOver, newestOf, priceSeries } from './price-series.ts';

const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour)).toISOString();
const predictionOf = (hour: number, horizon: number, model: MarketPrediction['model'] = 'linear') => ({
  time: at(hour),
  model,
  horizon,
  target_time: at(hour + horizon),
  close: 100,
  log_return: 0,
  rmse: 0.01,
  price: 100 + horizon,
  lower: 90,
  upper: 110 + horizon,
});
const labels = { close: 'close', forecast: 'forecast', upper: 'upper', lower: 'lower' };
const bars = { time: [at(0), at(1), at(2)], close: [98, 99, 100] };

test("the newest forecast of a model, whatever the order and the others' times", () => {
  const all = [predictionOf(1, 6), predictionOf(2, 12), predictionOf(2, 6), predictionOf(3, 6, 'lstm')];
  expect(newestOf(all, 'linear').map(({ time, horizon }) => [time, horizon])).toEqual([
    [at(2), 6],
    [at(2), 12],
  ]);
  expect(newestOf(all, 'boosted')).toEqual([]);
  expect(newestOf(all, undefined)).toEqual([]);
});

test('the forecast goes on from the close it was made at, on common times', () => {
  const series = priceSeries(bars, [predictionOf(2, 6), predictionOf(2, 12)], labels);
  expect(series.map(({ label }) => label)).toEqual(['close', 'lower', 'upper', 'forecast']);
  for (const { points } of series)
    expect(points.map(({ x }) => x)).toEqual(series[0]!.points.map(({ x }) => x));
  expect(series[0]!.points.map(({ y }) => y)).toEqual([98, 99, 100, null, null]);
  expect(series[3]!.points.map(({ y }) => y)).toEqual([null, null, 100, 106, 112]);
  expect(series[2]!.points.map(({ y }) => y)).toEqual([null, null, 100, 116, 122]);
});

test('bars that came since lie under the line, not in gaps of it', () => {
  const series = priceSeries(bars, [predictionOf(0, 4)], labels);
  expect(series[3]!.points.map(({ y }) => y)).toEqual([100, 101, 102, 104]);
});

test('without bars or forecast there is nothing to add', () => {
  expect(priceSeries(bars, [], labels)).toHaveLength(1);
  expect(priceSeries({ time: [], close: [] }, [predictionOf(2, 6)], labels)).toHaveLength(1);
  expect(priceSeries({ time: [at(5)], close: [1] }, [predictionOf(2, 6)], labels)).toHaveLength(1);
});

test('the gain over the naive forecast', () => {
  expect(gainOver(2, 1)).toBe(0.5);
  expect(gainOver(1, 2)).toBe(-1);
  expect(gainOver(0, 0)).toBeNull();
});
