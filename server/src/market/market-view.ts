import {
  type MarketBars,
  type MarketFeature,
  MarketFeatures,
  type MarketModel,
  type MarketPrediction,
  type MarketSymbol,
  marketFeatureNames,
} from '@hearth/contract';
import type { BarRow, ChartRow } from './bars.repository.ts';
import type { SymbolRow } from './collections.repository.ts';
import type { ModelErrorRow, ModelRow } from './market-models.repository.ts';
import type { PredictionRow } from './predictions.repository.ts';

/** Rows as the contract shows them. */
export const asSymbol = (row: SymbolRow): MarketSymbol => ({
  symbol: row.symbol,
  collection_id: row.id,
  source: row.source,
  origin: row.origin,
  license: row.license,
  bars: row.bars,
  bar_seconds: row.barSeconds,
  first_time: row.firstTime?.toISOString() ?? null,
  last_time: row.lastTime?.toISOString() ?? null,
  last_close: row.lastClose,
  updated_at: row.updatedAt.toISOString(),
  updated_by: row.updatedBy,
});

export const asBars = (rows: readonly BarRow[]): MarketBars => ({
  time: rows.map(({ time }) => time.toISOString()),
  open: rows.map(({ open }) => open),
  high: rows.map(({ high }) => high),
  low: rows.map(({ low }) => low),
  close: rows.map(({ close }) => close),
  volume: rows.map(({ volume }) => volume),
});

type FeatureRow = Partial<Record<MarketFeature, number | null>>;
const columnsOf = (rows: readonly FeatureRow[], names: readonly MarketFeature[]) =>
  Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name] ?? null)]));

export const asFeatures = (rows: readonly FeatureRow[]): MarketFeatures =>
  MarketFeatures.parse(columnsOf(rows, marketFeatureNames));

export const asChart = (symbol: string, rows: readonly ChartRow[], names: readonly MarketFeature[]) => {
  const count = rows[0]?.count ?? 0;
  return {
    symbol,
    count,
    is_thinned: count > rows.length,
    bars: asBars(rows),
    features: columnsOf(rows, names),
  };
};

export const asModel = ({ errors, ...row }: ModelRow & { errors: ModelErrorRow[] }): MarketModel => ({
  model: row.model,
  sha256: row.sha256,
  size_bytes: row.sizeBytes,
  library: row.library,
  mode: row.mode,
  bars: row.bars,
  trained_at: row.trainedAt.toISOString(),
  trained_by: row.trainedBy,
  errors: errors.map(asModelError),
});

const asModelError = (row: ModelErrorRow): MarketModel['errors'][number] => ({
  horizon: row.horizon,
  mae: row.mae,
  mse: row.mse,
  rmse: row.rmse,
  naive_mae: row.naiveMae,
  naive_rmse: row.naiveRmse,
  train_count: row.trainCount,
  test_count: row.testCount,
  test_from: row.testFrom.toISOString(),
  test_to: row.testTo.toISOString(),
  live:
    row.liveCount === 0
      ? null
      : {
          count: row.liveCount,
          mae: row.liveAbsolute / row.liveCount,
          rmse: Math.sqrt(row.liveSquared / row.liveCount),
          naive_rmse: Math.sqrt(row.liveNaiveSquared / row.liveCount),
          inside_band: row.liveInside / row.liveCount,
        },
});

export const asPrediction = (row: PredictionRow): MarketPrediction => ({
  time: row.time.toISOString(),
  model: row.model,
  horizon: row.horizon,
  target_time: row.targetTime.toISOString(),
  close: row.close,
  log_return: row.logReturn,
  rmse: row.rmse,
  price: row.price,
  lower: row.lower,
  upper: row.upper,
});
