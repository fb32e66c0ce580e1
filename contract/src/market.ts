import { z } from 'zod';
import {
  MarketBars,
  MarketChart,
  MarketFeatures,
  MarketSource,
  MarketSymbol,
  marketFeatureNames,
} from './market-bars.ts';
import { MarketModel, MarketModelError, MarketModelName, MarketPrediction } from './market-models.ts';
import { bars, mostMarketRows } from './market-values.ts';
import { route } from './route.ts';
import { Message, PageQuery, pageOf, ResourceName, Sha256, Timestamp, Uuid } from './values.ts';

const tag = 'market';
const params = z.object({ name: ResourceName });
const modelParams = params.extend({ model: MarketModelName });
const rowsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(mostMarketRows).default(mostMarketRows),
  /** Bars after this time, oldest first. */
  after: Timestamp.optional(),
  /** Only so many of the newest; with `after`, of those after it. */
  newest: z.coerce.number().int().min(1).max(mostMarketRows).optional(),
});
/** `next_after` continues where this part ended; a `collection_id` that changed tells that all bars were replaced. */
const part = { collection_id: Uuid, next_after: Timestamp.nullable() };
const reading = { tag, access: 'scripts.read', jobs: true, errors: ['market.not_found'] } as const;
const writing = { tag, access: 'scripts.run', jobs: true } as const;

/** What the market programs write and everybody may look at. Programs call them with the token of their job. */
export const marketRoutes = {
  symbols: route({
    ...reading,
    method: 'GET',
    path: '/api/v1/market',
    summary: 'Symbols with bars, the ones collected last first',
    query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(100) }),
    response: z.object({ items: z.array(MarketSymbol) }),
    errors: [],
  }),
  symbol: route({
    ...reading,
    method: 'GET',
    path: '/api/v1/market/:name',
    summary: 'One symbol',
    params,
    response: MarketSymbol,
  }),
  remove: route({
    method: 'DELETE',
    path: '/api/v1/market/:name',
    summary: 'Delete a symbol with its bars, features, models and predictions',
    tag,
    access: 'scripts.run',
    params,
    response: Message,
    errors: ['market.not_found'],
  }),
  collect: route({
    ...writing,
    method: 'POST',
    path: '/api/v1/market/:name/collections',
    summary: 'Begin to collect a symbol anew; readers see the earlier bars until it is finished',
    params,
    body: z.object({
      source: MarketSource,
      origin: z.string().min(1).max(1000),
      license: z.string().max(500).nullable().default(null),
    }),
    status: 201,
    response: z.object({ collection_id: Uuid }),
  }),
  addRows: route({
    ...writing,
    method: 'POST',
    path: '/api/v1/market/:name/rows',
    summary: 'Store bars with their features; what is there for a time is replaced',
    params,
    body: z
      .object({ collection_id: Uuid, bars: MarketBars, features: MarketFeatures })
      .refine(
        (rows) => rows.bars.time.length === rows.features.log_return.length,
        'as many features as bars are needed',
      ),
    response: z.object({ stored: z.number().int() }),
    errors: ['market.collection_gone'],
  }),
  finish: route({
    ...writing,
    method: 'POST',
    path: '/api/v1/market/:name/collections/:id/finish',
    summary: 'Put a new collection in the place of the earlier one, in one go',
    params: params.extend({ id: Uuid }),
    response: MarketSymbol,
    errors: ['market.collection_gone', 'market.empty'],
  }),
  bars: route({
    ...reading,
    method: 'GET',
    path: '/api/v1/market/:name/bars',
    summary: 'Bars, oldest first',
    params,
    query: rowsQuery,
    response: z.object({ ...part, bars: MarketBars }),
  }),
  features: route({
    ...reading,
    method: 'GET',
    path: '/api/v1/market/:name/features',
    summary: 'Features with the close of their bars, oldest first',
    params,
    query: rowsQuery,
    response: z.object({
      ...part,
      time: bars.time,
      close: bars.close,
      volume: bars.volume,
      features: MarketFeatures,
    }),
  }),
  chart: route({
    ...reading,
    method: 'GET',
    path: '/api/v1/market/:name/chart',
    summary: 'Bars and some features of a range of time, at most `points` of them',
    params,
    query: z.object({
      from: Timestamp.optional(),
      to: Timestamp.optional(),
      /** The newest so many bars of the range. */
      newest: z.coerce.number().int().min(1).max(1_000_000).optional(),
      points: z.coerce.number().int().min(10).max(mostMarketRows).default(500),
      /** Names joined by commas. */
      features: z
        .string()
        .max(500)
        .default('')
        .transform((text) => text.split(',').filter(Boolean))
        .pipe(z.array(z.enum(marketFeatureNames))),
    }),
    response: MarketChart,
  }),
  putModel: route({
    ...writing,
    method: 'PUT',
    path: '/api/v1/market/:name/models/:model',
    summary: 'Store a trained model and its errors in the place of the earlier one',
    params: modelParams,
    body: z.object({
      /** The file, as the programs' model format has it; at most 3 MB. */
      file: z.base64().min(4).max(4_000_000),
      library: z.string().min(1).max(200),
      mode: z.enum(['batch', 'retrain']),
      bars: z.number().int().positive(),
      errors: z.array(MarketModelError).min(1).max(20),
    }),
    response: z.object({ sha256: Sha256 }),
    errors: ['market.not_found', 'storage.full'],
  }),
  models: route({
    ...reading,
    method: 'GET',
    path: '/api/v1/market/:name/models',
    summary: 'Trained models with their errors by horizon',
    params,
    response: z.object({ items: z.array(MarketModel) }),
  }),
  modelFile: route({
    ...reading,
    method: 'GET',
    path: '/api/v1/market/:name/models/:model/file',
    summary: "A model's file",
    params: modelParams,
    response: 'bytes',
    errors: ['market.not_found', 'market.model_not_found', 'artifact.not_found'],
  }),
  predict: route({
    ...writing,
    method: 'POST',
    path: '/api/v1/market/:name/predictions',
    summary: 'Store predictions; those that have come true are compared with what came, and go',
    params,
    body: z.object({ predictions: z.array(MarketPrediction).max(1000) }),
    response: z.object({ stored: z.number().int(), come_true: z.number().int() }),
    errors: ['market.not_found', 'market.model_not_found'],
  }),
  predictions: route({
    ...reading,
    method: 'GET',
    path: '/api/v1/market/:name/predictions',
    summary: 'Predictions that have not come true yet, newest first',
    params,
    query: PageQuery,
    response: pageOf(MarketPrediction),
  }),
};
