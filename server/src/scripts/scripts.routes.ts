import { routes } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { handle } from '../platform/http.ts';
import type { CatalogueService } from './catalogue.service.ts';
import type { RunAudit } from './run-audit.ts';
import type { ScriptRunsService } from './script-runs.service.ts';

interface Needs {
  catalogue: CatalogueService;
  runs: ScriptRunsService;
  audit: RunAudit;
}

/** The web app's view of scripts. Their output and logs are their jobs'. */
export function scriptsRoutes(app: FastifyInstance, { catalogue, runs, audit }: Needs): void {
  const declared = routes.scripts;
  handle(app, declared.list, async () => catalogue.list(await runs.standing()));
  handle(app, declared.start, async ({ params: { script_name: name }, body, ...around }) => {
    const createdBy = around.caller.name;
    const { runId } = await audit.started(around, name, () => runs.start({ name, ...body, createdBy }));
    return runs.get(runId);
  });
  handle(app, declared.runs, ({ query: { limit, cursor, script_name: scriptName, status } }) =>
    runs.list(limit, { cursor, scriptName, status }),
  );
  handle(app, declared.getRun, ({ params }) => runs.get(params.run_id));
}
