import type { MarketModel } from '@hearth/contract';
import { expect, test } from 'vitest';
import { errorRows, errorSeries } from './model-errors.ts';

const at = '2026-01-01T00:00:00.000Z';
const errorOf = (horizon: number, rmse: number, naive_rmse: number) => ({
  ...{ horizon, rmse, naive_rmse, mae: rmse, mse: rmse ** 2, naive_mae: naive_rmse, live: null },
  ...{ train_count: 80, test_count: 20, test_from: at, test_to: at },
});
const modelOf = (model: MarketModel['model'], errors: MarketModel['errors']): MarketModel => ({
  ...{ model, errors, sha256: '0'.repeat(64), size_bytes: 1, library: 'x', mode: 'batch', bars: 100 },
  ...{ trained_at: at, trained_by: null },
});

test('a row for each model and horizon, with its gain over the naive forecast', () => {
  const rows = errorRows([modelOf('linear', [errorOf(6, 1, 2), errorOf(12, 3, 2)]), modelOf('lstm', [])]);
  expect(rows.map(({ key, gain }) => [key, gain])).toEqual([
    ['linear 6', 0.5],
    ['linear 12', -0.5],
  ]);
});

test('errors as parts of the naive one, whose line is at 1 wherever any model was measured', () => {
  const models = [
    modelOf('linear', [errorOf(6, 1, 2), errorOf(24, 0, 0)]),
    modelOf('lstm', [errorOf(12, 3, 2)]),
  ];
  const series = errorSeries(models, (model) => model, 'naive');
  expect(series.map(({ label, points }) => [label, points.map(({ x, y }) => [x, y])])).toEqual([
    [
      'linear',
      [
        [6, 0.5],
        [24, null],
      ],
    ],
    ['lstm', [[12, 1.5]]],
    [
      'naive',
      [
        [6, 1],
        [12, 1],
        [24, 1],
      ],
    ],
  ]);
  expect(errorSeries([], (model) => model, 'naive')).toEqual([]);
});
