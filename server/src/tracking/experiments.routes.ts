import { type Experiment, routes } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { handle } from '../platform/http.ts';
import type { ExperimentRow } from './experiments.repository.ts';
import type { ExperimentsService } from './experiments.service.ts';
import { offsetOf, pageAt } from './page-tokens.ts';
import { asExperiment, noteTag } from './tracked-run.ts';
import type { TrackingService } from './tracking.service.ts';

const mostColumns = 500;

export function experimentsRoutes(
  app: FastifyInstance,
  experiments: ExperimentsService,
  tracking: TrackingService,
): void {
  const { tracking: declared } = routes;
  const shown = async (rows: ExperimentRow[]): Promise<Experiment[]> => {
    const counts = await experiments.countRuns(rows.map(({ id }) => id));
    return rows.map((row) => asExperiment(row, counts.get(row.id) ?? 0));
  };
  const one = async (row: ExperimentRow) => (await shown([row]))[0]!;
  handle(app, declared.experiments, async ({ query: { limit, cursor, search, lifecycle } }) => {
    const offset = offsetOf(cursor);
    const page = pageAt(await experiments.list(limit + 1, offset, lifecycle, search), limit, offset);
    return { ...page, items: await shown(page.items) };
  });
  handle(app, declared.createExperiment, async ({ body: { name, note }, caller }) =>
    one(await experiments.create({ name, tags: note ? { [noteTag]: note } : {}, createdBy: caller.name })),
  );
  handle(app, declared.experiment, async ({ params }) =>
    one(await experiments.get(Number(params.experiment_id))),
  );
  handle(app, declared.updateExperiment, async ({ params, body: { name, note } }) => {
    const id = Number(params.experiment_id);
    if (name !== undefined) await experiments.rename(id, name);
    if (note !== undefined) await experiments.setTag(id, noteTag, note);
    return one(await experiments.get(id));
  });
  handle(app, declared.deleteExperiment, async ({ params }) => {
    const { name } = await experiments.remove(Number(params.experiment_id));
    return { message: `The experiment ${name} is deleted; it can be restored.` };
  });
  handle(app, declared.restoreExperiment, async ({ params }) =>
    one(await experiments.restore(Number(params.experiment_id))),
  );
  handle(app, declared.columns, async ({ params }) => {
    const { id } = await experiments.get(Number(params.experiment_id));
    return tracking.keysOf(id, mostColumns);
  });
}
