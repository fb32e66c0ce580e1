import { routes } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import type { ExperimentsService } from './experiments.service.ts';
import { handleMlflow } from './handle-mlflow.ts';
import { asMap, asMlflowExperiment } from './mlflow-view.ts';
import { offsetOf, pageAt, tokenField } from './page-tokens.ts';
import { lifecycleOf } from './view-type.ts';

export function mlflowExperimentsRoutes(app: FastifyInstance, experiments: ExperimentsService): void {
  const { mlflow } = routes;
  handleMlflow(app, mlflow.createExperiment, async ({ body, caller }) => {
    const { name, artifact_location: artifactLocation, tags } = body;
    const wanted = { name, artifactLocation, tags: asMap(tags), createdBy: caller.name };
    return { experiment_id: String((await experiments.create(wanted)).id) };
  });
  handleMlflow(app, mlflow.getExperiment, async ({ query }) => ({
    experiment: asMlflowExperiment(await experiments.get(Number(query.experiment_id))),
  }));
  handleMlflow(app, mlflow.getExperimentByName, async ({ query }) => ({
    experiment: asMlflowExperiment(await experiments.getByName(query.experiment_name)),
  }));
  handleMlflow(app, mlflow.searchExperiments, async ({ body }) => {
    const { max_results: limit = 1000, page_token, filter, order_by, view_type } = body;
    const offset = offsetOf(page_token);
    const scope = lifecycleOf(view_type);
    const rows = await experiments.search({ scope, filter, orders: order_by, limit: limit + 1, offset });
    const { items, next_cursor } = pageAt(rows, limit, offset);
    return { experiments: items.map(asMlflowExperiment), ...tokenField(next_cursor) };
  });
  handleMlflow(app, mlflow.updateExperiment, async ({ body }) => {
    await experiments.rename(Number(body.experiment_id), body.new_name);
    return {};
  });
  handleMlflow(app, mlflow.deleteExperiment, async ({ body }) => {
    await experiments.remove(Number(body.experiment_id));
    return {};
  });
  handleMlflow(app, mlflow.restoreExperiment, async ({ body }) => {
    await experiments.restore(Number(body.experiment_id));
    return {};
  });
  handleMlflow(app, mlflow.setExperimentTag, async ({ body }) => {
    await experiments.setTag(Number(body.experiment_id), body.key, body.value);
    return {};
  });
  handleMlflow(app, mlflow.deleteExperimentTag, async ({ body }) => {
    await experiments.removeTag(Number(body.experiment_id), body.key);
    return {};
  });
}
