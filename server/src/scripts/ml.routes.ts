import { routes, type ScriptRun } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { handle } from '../platform/http.ts';
import type { CatalogueService } from './catalogue.service.ts';
import type { RunAudit } from './run-audit.ts';
import { asStatus } from './run-view.ts';
import type { ScriptRunsService } from './script-runs.service.ts';

interface Needs {
  catalogue: CatalogueService;
  runs: ScriptRunsService;
  audit: RunAudit;
}

/** Document 001's routes that tell how scripts stand, and the one that cancels: its paths, forms and words. */
export function mlRoutes(app: FastifyInstance, { catalogue, runs, audit }: Needs): void {
  const declared = routes.scripts;
  const status = 'success' as const;
  handle(app, declared.status, async ({ params }) => {
    const newest = await runs.newestOf(params.script_name);
    return { status, data: asStatus(newest, await runs.output(newest)) };
  });
  handle(app, declared.statuses, async () => {
    const newest = await runs.newest();
    const data = Object.fromEntries(newest.map((one: ScriptRun) => [one.script_name, asStatus(one)]));
    return { status, data, count: newest.length };
  });
  handle(app, declared.available, async () => {
    const data = await catalogue.available();
    return { status, data, count: data.length };
  });
  handle(app, declared.cancel, async ({ params: { script_name: name }, ...around }) => {
    const { isProven } = await audit.cancelled(around, name, () => runs.cancel(name));
    if (isProven) return { status, message: `Скрипт ${name} отменен` };
    around.reply.code(202);
    return {
      status,
      message: `Скрипту ${name} приказано остановиться, машина это ещё не подтвердила`,
    };
  });
}
