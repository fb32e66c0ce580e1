import type { MarketModel, MarketModelName } from '@hearth/contract';
import type { Series } from '../../ui/chart.ts';
import { gainOver } from './price-series.ts';

type ModelError = MarketModel['errors'][number];
export interface ErrorRow extends ModelError {
  key: string;
  model: MarketModelName;
  gain: number | null;
}

/** A row for each model and horizon. */
export const errorRows = (models: readonly MarketModel[]): ErrorRow[] =>
  models.flatMap(({ model, errors }) =>
    errors.map((error) => ({
      ...error,
      model,
      key: `${model} ${error.horizon}`,
      gain: gainOver(error.naive_rmse, error.rmse),
    })),
  );

/** RMSE over the horizon as a part of the naive forecast's on the same bars: below 1 is better than naive. */
export function errorSeries(
  models: readonly MarketModel[],
  labelOf: (model: MarketModelName) => string,
  naive: string,
): Series[] {
  const lines = models.map(({ model, errors }) => ({
    label: labelOf(model),
    points: errors.map(({ horizon, rmse, naive_rmse }) => ({
      x: horizon,
      y: naive_rmse > 0 ? rmse / naive_rmse : null,
    })),
  }));
  const horizons = [...new Set(models.flatMap(({ errors }) => errors.map(({ horizon }) => horizon)))];
  const points = horizons.sort((a, b) => a - b).map((x) => ({ x, y: 1 }));
  return models.length === 0 ? [] : [...lines, { label: naive, points, colour: 6, dashed: true }];
}
