import {
  type MarketFeature,
  type MarketModelName,
  type MarketSource,
  marketFeatureNames,
} from '@hearth/contract';
import { sql } from 'drizzle-orm';
import {
  boolean,
  doublePrecision,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { blobs } from '../registry/registry.table.ts';

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
const real = (name: string) => doublePrecision(name);
const collection = () =>
  uuid('collection_id')
    .notNull()
    .references(() => marketCollections.id, { onDelete: 'cascade' });

/** All bars of a symbol that were collected from one source; readers see the current one only. */
export const marketCollections = pgTable(
  'market_collections',
  {
    id: uuid('id').primaryKey(),
    symbol: text('symbol').notNull(),
    source: text('source').$type<MarketSource>().notNull(),
    origin: text('origin').notNull(),
    license: text('license'),
    isCurrent: boolean('is_current').notNull(),
    updatedAt: moment('updated_at').notNull(),
    updatedBy: text('updated_by'),
  },
  (t) => [
    index('market_collections_symbol').on(t.symbol),
    uniqueIndex('market_collections_current').on(t.symbol).where(sql`is_current`),
  ],
);

export const marketBars = pgTable(
  'market_bars',
  {
    collectionId: collection(),
    time: moment('time').notNull(),
    open: real('open').notNull(),
    high: real('high').notNull(),
    low: real('low').notNull(),
    close: real('close').notNull(),
    volume: real('volume').notNull(),
  },
  (t) => [primaryKey({ columns: [t.collectionId, t.time] })],
);

const featureColumns = Object.fromEntries(marketFeatureNames.map((name) => [name, real(name)])) as Record<
  MarketFeature,
  ReturnType<typeof real>
>;
export const marketFeatures = pgTable(
  'market_features',
  { collectionId: collection(), time: moment('time').notNull(), ...featureColumns },
  (t) => [primaryKey({ columns: [t.collectionId, t.time] })],
);

export const marketModels = pgTable(
  'market_models',
  {
    symbol: text('symbol').notNull(),
    model: text('model').$type<MarketModelName>().notNull(),
    sha256: text('sha256')
      .notNull()
      .references(() => blobs.sha256),
    sizeBytes: integer('size_bytes').notNull(),
    library: text('library').notNull(),
    mode: text('mode').$type<'batch' | 'retrain'>().notNull(),
    bars: integer('bars').notNull(),
    trainedAt: moment('trained_at').notNull(),
    trainedBy: text('trained_by'),
  },
  (t) => [primaryKey({ columns: [t.symbol, t.model] }), index('market_models_sha256').on(t.sha256)],
);

/** Errors on bars held out, and sums over the predictions that have come true since. */
export const marketModelErrors = pgTable(
  'market_model_errors',
  {
    symbol: text('symbol').notNull(),
    model: text('model').$type<MarketModelName>().notNull(),
    horizon: integer('horizon').notNull(),
    mae: real('mae').notNull(),
    mse: real('mse').notNull(),
    rmse: real('rmse').notNull(),
    naiveMae: real('naive_mae').notNull(),
    naiveRmse: real('naive_rmse').notNull(),
    trainCount: integer('train_count').notNull(),
    testCount: integer('test_count').notNull(),
    testFrom: moment('test_from').notNull(),
    testTo: moment('test_to').notNull(),
    liveCount: integer('live_count').notNull().default(0),
    liveAbsolute: real('live_absolute').notNull().default(0),
    liveSquared: real('live_squared').notNull().default(0),
    liveNaiveSquared: real('live_naive_squared').notNull().default(0),
    liveInside: integer('live_inside').notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.symbol, t.model, t.horizon] }),
    foreignKey({
      columns: [t.symbol, t.model],
      foreignColumns: [marketModels.symbol, marketModels.model],
    }).onDelete('cascade'),
  ],
);

export const marketPredictions = pgTable(
  'market_predictions',
  {
    symbol: text('symbol').notNull(),
    time: moment('time').notNull(),
    model: text('model').$type<MarketModelName>().notNull(),
    horizon: integer('horizon').notNull(),
    targetTime: moment('target_time').notNull(),
    close: real('close').notNull(),
    logReturn: real('log_return').notNull(),
    rmse: real('rmse').notNull(),
    price: real('price').notNull(),
    lower: real('lower').notNull(),
    upper: real('upper').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.symbol, t.time, t.model, t.horizon] }),
    foreignKey({
      columns: [t.symbol, t.model],
      foreignColumns: [marketModels.symbol, marketModels.model],
    }).onDelete('cascade'),
  ],
);
