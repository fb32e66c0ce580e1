import { routes } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../platform/errors.ts';
import { handleMlflow } from './handle-mlflow.ts';
import { asMap, asMlflowRuns, asRunInfo } from './mlflow-view.ts';
import { offsetOf, pageAt, tokenField } from './page-tokens.ts';
import { requireOwn } from './run-access.ts';
import { requireActive } from './run-state.ts';
import type { SeriesService } from './series.service.ts';
import type { TrackingService } from './tracking.service.ts';
import { lifecycleOf } from './view-type.ts';

export function mlflowRunsRoutes(
  app: FastifyInstance,
  tracking: TrackingService,
  series: SeriesService,
): void {
  const { mlflow } = routes;
  handleMlflow(app, mlflow.createRun, async ({ body, caller }) => {
    const { experiment_id, user_id: userId, run_name: name, start_time: startMs, tags } = body;
    const run = await tracking.createAlone({
      experiment: Number(experiment_id),
      name,
      userId,
      startMs,
      tags: asMap(tags),
      jobId: caller.kind === 'job' ? caller.id : undefined,
      createdBy: caller.name,
    });
    return { run: asMlflowRuns([run], [])[0]! };
  });
  handleMlflow(app, mlflow.getRun, async ({ query }) => {
    const run = await tracking.get(query.run_id);
    return { run: asMlflowRuns([run], await series.ofRuns([run.runId]))[0]! };
  });
  handleMlflow(app, mlflow.updateRun, async ({ body, caller }) => {
    const { run_id, run_name: name, status, end_time } = body;
    const changed = await tracking.change(run_id, (run) => {
      requireOwn(caller)(run);
      requireActive(run);
      const ending = end_time === undefined ? {} : { endMs: end_time };
      return {
        ...(name ? { name, tags: { ...run.tags, 'mlflow.runName': name } } : {}),
        // How a training session stands is told by its job, not by what its program says of itself.
        ...(status && run.sessionId === null ? { status, ...ending } : {}),
      };
    });
    return { run_info: asRunInfo(changed) };
  });
  handleMlflow(app, mlflow.deleteRun, async ({ body }) => {
    await tracking.remove(body.run_id);
    return {};
  });
  handleMlflow(app, mlflow.restoreRun, async ({ body }) => {
    await tracking.restore(body.run_id);
    return {};
  });
  handleMlflow(app, mlflow.searchRuns, async ({ body }) => {
    const { experiment_ids, filter, run_view_type, max_results: limit, order_by, page_token } = body;
    const offset = offsetOf(page_token);
    const scope = { experimentIds: experiment_ids.map(Number), lifecycle: lifecycleOf(run_view_type) };
    const rows = await tracking.search({ scope, filter, orders: order_by, limit: limit + 1, offset });
    const { items, next_cursor } = pageAt(rows, limit, offset);
    const metrics = await series.ofRuns(items.map(({ runId }) => runId));
    return { runs: asMlflowRuns(items, metrics), ...tokenField(next_cursor) };
  });
}

/** What is said of a run beside its measurements. */
export function mlflowRunFactsRoutes(app: FastifyInstance, tracking: TrackingService): void {
  const { mlflow } = routes;
  handleMlflow(app, mlflow.setTag, async ({ body: { run_id, key, value }, caller }) => {
    await tracking.log(run_id, { tags: { [key]: value } }, requireOwn(caller));
    return {};
  });
  handleMlflow(app, mlflow.deleteTag, async ({ body: { run_id, key }, caller }) => {
    await tracking.change(run_id, (run) => {
      requireOwn(caller)(run);
      requireActive(run);
      if (!Object.hasOwn(run.tags, key))
        throw new AppError('run.not_found', `No tag with name: ${key} in run with id ${run_id}`, { key });
      const { [key]: _removed, ...tags } = run.tags;
      return { tags };
    });
    return {};
  });
  handleMlflow(app, mlflow.logInputs, async ({ body: { run_id, datasets, models }, caller }) => {
    const modelIds = models.map(({ model_id }) => model_id);
    await tracking.addInputs(run_id, datasets, modelIds, requireOwn(caller));
    return {};
  });
  handleMlflow(app, mlflow.logOutputs, async ({ body: { run_id, models }, caller }) => {
    await tracking.addOutputs(run_id, models, requireOwn(caller));
    return {};
  });
}
