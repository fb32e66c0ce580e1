import { mlflowLoggedModelRoutes as declared, type MlflowLoggedModel } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { requirePath } from './artifact-path.ts';
import type { ArtifactsService } from './artifacts.service.ts';
import { handleMlflow } from './handle-mlflow.ts';
import { type LoggedModelRow, loggedModelsOrder, loggedModelsWhere } from './logged-models.repository.ts';
import type { LoggedModelsService } from './logged-models.service.ts';
import { asMap } from './mlflow-view.ts';
import { offsetOf, pageAt, tokenField } from './page-tokens.ts';
import { requireOwn } from './run-access.ts';
import { requireActive } from './run-state.ts';
import type { TrackingService } from './tracking.service.ts';

/** MLflow's logged models. */
export function loggedModelsRoutes(
  app: FastifyInstance,
  models: LoggedModelsService,
  artifacts: ArtifactsService,
  tracking: TrackingService,
): void {
  handleMlflow(app, declared.createLoggedModel, async ({ body, caller }) => {
    const { experiment_id, name, model_type: modelType, source_run_id: sourceRunId } = body;
    const facts = { params: asMap(body.params), tags: asMap(body.tags) };
    const wanted = { experimentId: Number(experiment_id), name, modelType, sourceRunId, ...facts };
    return { model: asLoggedModel(await models.create(wanted, caller)) };
  });
  handleMlflow(app, declared.getLoggedModel, async ({ params }) => ({
    model: asLoggedModel(await models.get(params.model_id)),
  }));
  handleMlflow(app, declared.searchLoggedModels, async ({ body }) => {
    const offset = offsetOf(body.page_token);
    const limit = body.max_results;
    const where = loggedModelsWhere(body.experiment_ids.map(Number), body.filter);
    const orderBy = loggedModelsOrder(body.order_by);
    const rows = await models.search({ where, orderBy, limit: limit + 1, offset });
    const { items, next_cursor } = pageAt(rows, limit, offset);
    return { models: items.map(asLoggedModel), ...tokenField(next_cursor) };
  });
  handleMlflow(app, declared.listLoggedModelArtifacts, async ({ params, query }) => {
    const { modelId: owner, artifactUri: root_uri } = await models.get(params.model_id);
    const folder = query.artifact_directory_path ?? '';
    const listed = await artifacts.list({ owner, path: folder === '' ? '' : requirePath(folder) });
    const files = listed.map(({ path, isDir: is_dir, sizeBytes }) => ({
      ...{ path, is_dir },
      ...(sizeBytes === null ? {} : { file_size: sizeBytes }),
    }));
    return { root_uri, files };
  });
  handleMlflow(app, declared.logModel, async ({ body: { run_id, model_json }, caller }) => {
    await tracking.change(run_id, (run) => {
      requireOwn(caller)(run);
      requireActive(run);
      const history = historyOf(run.tags);
      return { tags: { ...run.tags, [historyTag]: JSON.stringify([...history, readJson(model_json)]) } };
    });
    return {};
  });
  changeRoutes(app, models);
}

const historyTag = 'mlflow.log-model.history';

/** A tag like any other: what clients have written there may be no list. */
function historyOf(tags: Record<string, string>): unknown[] {
  const history = readJson(tags[historyTag] ?? '[]');
  return Array.isArray(history) ? history : [];
}

function changeRoutes(app: FastifyInstance, models: LoggedModelsService): void {
  handleMlflow(app, declared.finalizeLoggedModel, async ({ params, body: { status }, caller }) => ({
    model: asLoggedModel(await models.change(params.model_id, caller, () => ({ status }))),
  }));
  handleMlflow(app, declared.logLoggedModelParams, async ({ params, body, caller }) => {
    const added = asMap(body.params);
    await models.change(params.model_id, caller, (row) => ({ params: { ...row.params, ...added } }));
    return {};
  });
  handleMlflow(app, declared.setLoggedModelTags, async ({ params, body, caller }) => {
    const added = asMap(body.tags);
    const change = (row: LoggedModelRow) => ({ tags: { ...row.tags, ...added } });
    return { model: asLoggedModel(await models.change(params.model_id, caller, change)) };
  });
  handleMlflow(app, declared.deleteLoggedModelTag, async ({ params: { model_id, key }, caller }) => {
    await models.change(model_id, caller, ({ tags: { [key]: _removed, ...tags } }) => ({ tags }));
    return {};
  });
  handleMlflow(app, declared.deleteLoggedModel, async ({ params }) => {
    await models.remove(params.model_id);
    return {};
  });
}

const pairs = (map: Record<string, string>) => Object.entries(map).map(([key, value]) => ({ key, value }));

const asLoggedModel = (row: LoggedModelRow): MlflowLoggedModel => ({
  info: {
    model_id: row.modelId,
    experiment_id: String(row.experimentId),
    name: row.name,
    creation_timestamp_ms: row.createdAt.getTime(),
    last_updated_timestamp_ms: row.updatedAt.getTime(),
    artifact_uri: row.artifactUri,
    status: row.status,
    model_type: row.modelType,
    source_run_id: row.sourceRunId,
    tags: pairs(row.tags),
    registrations: [],
  },
  data: { params: pairs(row.params) },
});

/** What a client sends of its model is kept as it is; what is no JSON, as a text. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
