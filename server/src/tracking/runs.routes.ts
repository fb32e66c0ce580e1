import { routes } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../platform/errors.ts';
import { handle } from '../platform/http.ts';
import { sendFile } from '../platform/send-file.ts';
import { requirePath } from './artifact-path.ts';
import type { ArtifactsService } from './artifacts.service.ts';
import { fileNameOf } from './mlflow-artifacts.routes.ts';
import { offsetOf, pageAt } from './page-tokens.ts';
import { requireActive } from './run-state.ts';
import type { RunRow } from './runs.repository.ts';
import type { SeriesService } from './series.service.ts';
import { asLine, asSeries, asTrackedRuns, noteTag } from './tracked-run.ts';
import type { TrackingService } from './tracking.service.ts';

/** Runs for people: lists, one, its changes. */
export function runsRoutes(app: FastifyInstance, tracking: TrackingService, series: SeriesService): void {
  const { tracking: declared } = routes;
  const shown = async (rows: RunRow[]) =>
    asTrackedRuns(rows, await series.ofRuns(rows.map(({ runId }) => runId)));
  const one = async (row: RunRow) => (await shown([row]))[0]!;
  handle(app, declared.runs, async ({ query }) => {
    const { experiment_id, status, lifecycle, search: text, filter, order_by, limit, cursor } = query;
    const offset = offsetOf(cursor);
    const experimentIds = experiment_id === undefined ? undefined : [Number(experiment_id)];
    const rows = await tracking.search({
      scope: { experimentIds, status, lifecycle, text },
      filter,
      orders: order_by ? [order_by] : [],
      limit: limit + 1,
      offset,
    });
    const page = pageAt(rows, limit, offset);
    return { ...page, items: await shown(page.items) };
  });
  handle(app, declared.run, async ({ params }) => one(await tracking.get(params.run_id)));
  handle(app, declared.updateRun, async ({ params, body: { name, note, tags = {} } }) => {
    const changed = await tracking.change(params.run_id, (run) => {
      requireActive(run);
      const said = {
        ...tags,
        ...(note === undefined ? {} : { [noteTag]: note }),
        ...(name ? { 'mlflow.runName': name } : {}),
      };
      const all = Object.entries({ ...run.tags, ...said }).filter(
        (tag): tag is [string, string] => tag[1] !== null,
      );
      return { ...(name ? { name } : {}), tags: Object.fromEntries(all) };
    });
    return one(changed);
  });
  handle(app, declared.deleteRun, async ({ params }) => {
    const { name } = await tracking.remove(params.run_id);
    return { message: `The run ${name} is deleted; it can be restored.` };
  });
  handle(app, declared.restoreRun, async ({ params }) => one(await tracking.restore(params.run_id)));
}

/** What was measured in runs, and their files. */
export function runDataRoutes(
  app: FastifyInstance,
  tracking: TrackingService,
  series: SeriesService,
  artifacts: ArtifactsService,
): void {
  const { tracking: declared } = routes;
  handle(app, declared.series, async ({ params }) => {
    const { runId } = await tracking.get(params.run_id);
    return { items: (await series.ofRuns([runId])).map(asSeries) };
  });
  handle(app, declared.points, async ({ params, query: { key, from, to, most } }) => {
    const { runId } = await tracking.get(params.run_id);
    const [of] = await series.ofRuns([runId], [key]);
    if (!of) throw new AppError('run.metric_not_found', `This run has no metric ${key}.`, { key });
    return asLine(of, await series.line(of, { from, to }, most));
  });
  handle(app, declared.compare, async ({ query: { run_ids, key, from, to, most } }) => {
    const items = [];
    for (const of of await series.ofRuns(run_ids, [key]))
      items.push(asLine(of, await series.line(of, { from, to }, most)));
    return { items };
  });
  handle(app, declared.artifacts, async ({ params, query }) => {
    const { runId: owner } = await tracking.get(params.run_id);
    const listed = await artifacts.list({ owner, path: query.path === '' ? '' : requirePath(query.path) });
    return {
      items: listed.map(({ path, isDir, sizeBytes }) => ({ path, is_dir: isDir, size_bytes: sizeBytes })),
    };
  });
  handle(app, declared.downloadArtifact, async (call) => {
    const { runId: owner } = await tracking.get(call.params.run_id);
    const path = requirePath(call.query.path);
    return sendFile(call, await artifacts.get({ owner, path }), fileNameOf(path));
  });
}
