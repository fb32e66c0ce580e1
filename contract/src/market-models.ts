import { z } from 'zod';
import { Price } from './market-values.ts';
import { Sha256, Timestamp } from './values.ts';

export const MarketModelName = z.enum(['linear', 'boosted', 'lstm']);
export type MarketModelName = z.infer<typeof MarketModelName>;

const error = z.number().nonnegative();
/** How far a model's forecasts were from what came, on bars it had not learnt from; in log returns. */
export const MarketModelError = z
  .object({
    /** Bars ahead. */
    horizon: z.number().int().min(1).max(10_000),
    mae: error,
    mse: error,
    rmse: error,
    /** The same measure of the forecast "nothing changes" on the same bars; a useful model is below it. */
    naive_mae: error,
    naive_rmse: error,
    train_count: z.number().int().nonnegative(),
    test_count: z.number().int().positive(),
    test_from: Timestamp,
    test_to: Timestamp,
  })
  .meta({ id: 'MarketModelError' });
export type MarketModelError = z.infer<typeof MarketModelError>;

/** What became of this kind of model's predictions, over all its trainings; null before the first has come true. */
export const MarketLiveError = z
  .object({
    count: z.number().int().positive(),
    mae: error,
    rmse: error,
    naive_rmse: error,
    /** Fraction that lay within the ± band; about 0.95 where the band is right. */
    inside_band: z.number().min(0).max(1),
  })
  .nullable();

export const MarketModel = z
  .object({
    model: MarketModelName,
    sha256: Sha256,
    size_bytes: z.number().int(),
    /** What trained it, such as `scikit-learn 1.7.2`. */
    library: z.string(),
    mode: z.enum(['batch', 'retrain']),
    bars: z.number().int(),
    trained_at: Timestamp,
    trained_by: z.string().nullable(),
    errors: z.array(MarketModelError.extend({ live: MarketLiveError })),
  })
  .meta({ id: 'MarketModel' });
export type MarketModel = z.infer<typeof MarketModel>;

/** A forecast of one model at one bar for so many bars ahead. The band is ± 1.96 · RMSE of the log return. */
export const MarketPrediction = z
  .object({
    /** The bar it was made at. */
    time: Timestamp,
    model: MarketModelName,
    horizon: z.number().int().min(1).max(10_000),
    /** When it will come true if bars go on as the last ones did. */
    target_time: Timestamp,
    close: Price,
    log_return: z.number().min(-50).max(50),
    rmse: z.number().min(0).max(50),
    price: z.number().positive(),
    lower: z.number().nonnegative(),
    upper: z.number().positive(),
  })
  .meta({ id: 'MarketPrediction' });
export type MarketPrediction = z.infer<typeof MarketPrediction>;
