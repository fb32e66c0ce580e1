import { mlflowModelVersionRoutes as declared, ModelStage } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../platform/errors.ts';
import type { CatalogueService } from '../registry/catalogue.service.ts';
import type { ModelsService } from '../registry/models.service.ts';
import { handleMlflow } from './handle-mlflow.ts';
import { asMap } from './mlflow-view.ts';
import type { ModelVersionsService } from './model-versions.service.ts';
import { asMlflowVersion, uriOfVersion } from './model-versions-view.ts';
import { offsetOf, pageAt, tokenField } from './page-tokens.ts';
import { mostListed } from './registered-models.routes.ts';
import { versionsQuery } from './registered-models-search.repository.ts';

/** MLflow's model versions: the versions of the registry. */
export function modelVersionsRoutes(
  app: FastifyInstance,
  catalogue: CatalogueService,
  models: ModelsService,
  versions: ModelVersionsService,
): void {
  handleMlflow(app, declared.createModelVersion, async ({ body, caller }) => {
    const { name, source, run_id: runId, run_link: runLink, description, model_id: modelId } = body;
    const wanted = { name, source, runId, runLink, description, modelId, tags: asMap(body.tags) };
    return { model_version: asMlflowVersion(await versions.create(wanted, caller)) };
  });
  handleMlflow(app, declared.getModelVersion, async ({ query: { name, version } }) => ({
    model_version: asMlflowVersion(await catalogue.getVersion(name, version)),
  }));
  handleMlflow(app, declared.modelVersionDownloadUri, async ({ query: { name, version } }) => {
    await catalogue.getVersion(name, version);
    return { artifact_uri: uriOfVersion(name, version) };
  });
  handleMlflow(app, declared.searchModelVersions, async ({ query }) => {
    const { filter, order_by, page_token } = query;
    const limit = Math.min(query.max_results, mostListed);
    const offset = offsetOf(page_token);
    const asked = { ...versionsQuery(filter, order_by), limit: limit + 1, offset };
    const { items, next_cursor } = pageAt(await catalogue.searchVersions(asked), limit, offset);
    return { model_versions: items.map(asMlflowVersion), ...tokenField(next_cursor) };
  });
  handleMlflow(app, declared.deleteModelVersion, async ({ body: { name, version } }) => {
    await models.removeVersion(name, version, { keepsModel: true });
    return {};
  });
  changeRoutes(app, catalogue, versions);
}

function changeRoutes(
  app: FastifyInstance,
  catalogue: CatalogueService,
  versions: ModelVersionsService,
): void {
  handleMlflow(app, declared.updateModelVersion, async ({ body, caller }) => {
    const { name, version, description } = body;
    await versions.requireOwn(name, version, caller);
    const row = await catalogue.changeVersion(name, version, () =>
      description === undefined ? {} : { description },
    );
    return { model_version: asMlflowVersion(row) };
  });
  handleMlflow(app, declared.transitionStage, async ({ body }) => {
    const { name, version, archive_existing_versions: archives } = body;
    const stage = stageOf(body.stage);
    const row = await catalogue.moveToStage(name, version, stage, archives === 'true');
    return { model_version: asMlflowVersion(row) };
  });
  handleMlflow(app, declared.setModelVersionTag, async ({ body, caller }) => {
    const { name, version, key, value } = body;
    await versions.requireOwn(name, version, caller);
    await catalogue.changeVersion(name, version, ({ tags }) => ({ tags: { ...tags, [key]: value } }));
    return {};
  });
  handleMlflow(app, declared.deleteModelVersionTag, async ({ body, caller }) => {
    const { name, version, key } = body;
    await versions.requireOwn(name, version, caller);
    await catalogue.changeVersion(name, version, ({ tags: { [key]: _removed, ...tags } }) => ({ tags }));
    return {};
  });
}

/** Clients write stages in any case. */
function stageOf(text: string): ModelStage {
  const found = ModelStage.options.find((stage) => stage.toLowerCase() === text.toLowerCase());
  if (found) return found;
  const known = ModelStage.options.join(', ');
  throw new AppError('model.bad_stage', `Invalid Model Version stage: ${text}. It must be one of ${known}.`, {
    stage: text,
  });
}
