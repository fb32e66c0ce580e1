import { mlflowModelRoutes as declared } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../platform/errors.ts';
import type { CatalogueService } from '../registry/catalogue.service.ts';
import type { ModelsService } from '../registry/models.service.ts';
import { handleMlflow } from './handle-mlflow.ts';
import { asMap } from './mlflow-view.ts';
import type { ModelVersionsService } from './model-versions.service.ts';
import { asMlflowVersion, asRegisteredModel } from './model-versions-view.ts';
import { offsetOf, pageAt, tokenField } from './page-tokens.ts';
import { modelsQuery } from './registered-models-search.repository.ts';

/** MLflow's registered models: the models of the registry. */
export function registeredModelsRoutes(
  app: FastifyInstance,
  catalogue: CatalogueService,
  models: ModelsService,
  versions: ModelVersionsService,
): void {
  const one = async (name: string) => ({ registered_model: asRegisteredModel(await catalogue.get(name)) });
  handleMlflow(app, declared.createRegisteredModel, async ({ body: { name, description = '', tags } }) => {
    await catalogue.create(name, { description, tags: asMap(tags) });
    return one(name);
  });
  handleMlflow(app, declared.getRegisteredModel, ({ query }) => one(query.name));
  handleMlflow(app, declared.searchRegisteredModels, async ({ query }) => {
    const { filter, order_by, page_token } = query;
    const limit = Math.min(query.max_results, mostListed);
    const offset = offsetOf(page_token);
    const found = await catalogue.search({ ...modelsQuery(filter, order_by), limit: limit + 1, offset });
    const { items, next_cursor } = pageAt(found, limit, offset);
    return { registered_models: items.map(asRegisteredModel), ...tokenField(next_cursor) };
  });
  handleMlflow(app, declared.renameRegisteredModel, async ({ body: { name, new_name } }) => {
    await catalogue.rename(name, new_name);
    return one(new_name);
  });
  handleMlflow(app, declared.updateRegisteredModel, async ({ body: { name, description = '' } }) => {
    await catalogue.get(name);
    await catalogue.describe(name, description);
    return one(name);
  });
  handleMlflow(app, declared.deleteRegisteredModel, async ({ body }) => {
    await models.remove(body.name);
    return {};
  });
  const latest = async (name: string, stages: string | string[] | null | undefined) => {
    const wanted = new Set([stages ?? []].flat());
    const rows = (await catalogue.get(name)).latest;
    const fitting = rows.filter(({ stage }) => wanted.size === 0 || wanted.has(stage));
    return { model_versions: fitting.map(asMlflowVersion) };
  };
  handleMlflow(app, declared.latestVersions, ({ body }) => latest(body.name, body.stages));
  handleMlflow(app, declared.latestVersionsByQuery, ({ query }) => latest(query.name, query.stages));
  tagRoutes(app, catalogue);
  aliasRoutes(app, catalogue, models, versions);
}

/** Entries of a page at most, whatever a client asks for. */
export const mostListed = 1000;

function tagRoutes(app: FastifyInstance, catalogue: CatalogueService): void {
  handleMlflow(app, declared.setRegisteredModelTag, async ({ body: { name, key, value } }) => {
    await catalogue.changeTags(name, (tags) => ({ ...tags, [key]: value }));
    return {};
  });
  handleMlflow(app, declared.deleteRegisteredModelTag, async ({ body: { name, key } }) => {
    await catalogue.changeTags(name, ({ [key]: _removed, ...tags }) => tags);
    return {};
  });
}

function aliasRoutes(
  app: FastifyInstance,
  catalogue: CatalogueService,
  models: ModelsService,
  versions: ModelVersionsService,
): void {
  handleMlflow(app, declared.setRegisteredModelAlias, async ({ body, caller }) => {
    const { name, alias, version } = body;
    await versions.requireOwn(name, version, caller);
    await models.setAlias(name, alias, version);
    return {};
  });
  handleMlflow(app, declared.deleteRegisteredModelAlias, async ({ body: { name, alias } }) => {
    await models.removeAlias(name, alias).catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code !== 'model.no_such_alias') throw error;
    });
    return {};
  });
  handleMlflow(app, declared.versionByAlias, async ({ query: { name, alias } }) => ({
    model_version: asMlflowVersion(await catalogue.versionByAlias(name, alias)),
  }));
}
