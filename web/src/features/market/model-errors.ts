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

/** RMSE over the horizon: a line a model, and the naive forecast's, which was measured on the same bars. */
export function errorSeries(
  models: readonly MarketModel[],
  labelOf: (model: MarketModelName) => string,
  naive: string,
): Series[] {
  const lines: Series[] = models.map(({ model, errors }) => ({
    label: labelOf(model),
    points: errors.map(({ horizon, rmse }) => ({ x: horizon, y: rmse })),
  }));
  const newest = [...models].sort((a, b) => b.trained_at.localeCompare(a.trained_at))[0];
  if (!newest) return [];
  const points = newest.errors.map(({ horizon, naive_rmse }) => ({ x: horizon, y: naive_rmse }));
  return [...lines, { label: naive, points, colour: 6, dashed: true }];
}
