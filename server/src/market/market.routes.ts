import { createReadStream } from 'node:fs';
import { routes } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import type { JobsService } from '../jobs/jobs.service.ts';
import type { Caller } from '../platform/access.ts';
import { AppError } from '../platform/errors.ts';
import { handle } from '../platform/http.ts';
import type { MarketService } from './market.service.ts';
import type { MarketModelsService } from './market-models.service.ts';
import type { PredictionsService } from './predictions.service.ts';

export interface MarketServices {
  market: MarketService;
  models: MarketModelsService;
  predictions: PredictionsService;
  jobs: JobsService;
}

export function marketRoutes(app: FastifyInstance, services: MarketServices): void {
  readingRoutes(app, services);
  writingRoutes(app, services);
}

function readingRoutes(app: FastifyInstance, { market, models, predictions }: MarketServices): void {
  const declared = routes.market;
  handle(app, declared.symbols, async ({ query }) => ({ items: await market.symbols(query.limit) }));
  handle(app, declared.symbol, ({ params }) => market.symbol(params.name));
  handle(app, declared.bars, ({ params, query }) => market.bars(params.name, query));
  handle(app, declared.features, ({ params, query }) => market.features(params.name, query));
  handle(app, declared.chart, ({ params, query }) => market.chart(params.name, query));
  handle(app, declared.models, async ({ params }) => ({ items: await models.list(params.name) }));
  handle(app, declared.modelFile, async ({ params, reply }) => {
    const { path, sizeBytes } = await models.file(params.name, params.model);
    reply.headers({ 'content-type': 'application/octet-stream', 'content-length': sizeBytes });
    return reply.send(createReadStream(path));
  });
  handle(app, declared.predictions, ({ params, query }) =>
    predictions.list(params.name, query.limit, query.cursor),
  );
}

function writingRoutes(app: FastifyInstance, { market, models, predictions, jobs }: MarketServices): void {
  const declared = routes.market;
  handle(app, declared.remove, async ({ params }) => {
    await market.remove(params.name);
    return { message: `${params.name} is deleted.` };
  });
  handle(app, declared.collect, async ({ params, body, caller }) => {
    await requireScript(caller, jobs);
    return { collection_id: await market.collect(params.name, body, caller.name) };
  });
  handle(app, declared.addRows, async ({ params, body, caller }) => {
    await requireScript(caller, jobs);
    return { stored: await market.addRows(params.name, body, caller.name) };
  });
  handle(app, declared.finish, async ({ params, caller }) => {
    await requireScript(caller, jobs);
    return market.finish(params.name, params.id);
  });
  handle(app, declared.putModel, async ({ params, body, caller }) => {
    await requireScript(caller, jobs);
    return { sha256: await models.put(params.name, params.model, body, caller.name) };
  });
  handle(app, declared.predict, async ({ params, body, caller }) => {
    await requireScript(caller, jobs);
    return predictions.store(params.name, body.predictions);
  });
}

/** Of jobs, those of scripts write here: a training run or a pull has no business with prices. */
async function requireScript(caller: Caller, jobs: JobsService): Promise<void> {
  if (caller.kind !== 'job') return;
  const { kind } = await jobs.get(caller.id);
  if (kind !== 'script') throw new AppError('auth.forbidden', 'Only scripts write market data.', { kind });
}
