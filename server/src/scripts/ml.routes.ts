import { routes, type ScriptResult, type ScriptRun } from '@hearth/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { handle } from '../platform/http.ts';
import type { CatalogueService } from './catalogue.service.ts';
import { goneSignal, preferenceOf } from './prefer.ts';
import type { RunAudit } from './run-audit.ts';
import { asResult, asStatus, hasEnded } from './run-view.ts';
import type { RunWatch } from './run-watch.ts';
import type { RunOrder, ScriptRunsService } from './script-runs.service.ts';

interface Needs {
  catalogue: CatalogueService;
  runs: ScriptRunsService;
  watch: RunWatch;
  audit: RunAudit;
}
interface Around {
  caller: { name: string };
  request: FastifyRequest;
  reply: FastifyReply;
}

/** Document 001's routes: its paths, forms and words. */
export function mlRoutes(app: FastifyInstance, { catalogue, runs, watch, audit }: Needs): void {
  const declared = routes.scripts;

  /** Starts a run and answers its end, or how it stands where the caller prefers not to wait. */
  async function run(around: Around, wish: Omit<RunOrder, 'createdBy'>): Promise<ScriptResult | undefined> {
    const { caller, request, reply } = around;
    const started = await audit.started(around, wish.name, () =>
      runs.start({ ...wish, createdBy: caller.name }),
    );
    const { isAsync, waitMs } = preferenceOf(request);
    const gone = goneSignal(reply);
    const enough = isAsync ? AbortSignal.any([gone, AbortSignal.timeout(waitMs)]) : gone;
    const ended = isAsync && waitMs === 0 ? started : await watch.untilEnded(started.run_id, enough);
    if (gone.aborted) return undefined;
    if (!hasEnded(ended)) reply.code(202).header('preference-applied', 'respond-async');
    return asResult(ended, await runs.output(ended));
  }

  handle(app, declared.run, async ({ body, ...around }) => {
    const { script_name: name, args, timeout } = body;
    return (await run(around, { name, args, timeout })) ?? around.reply;
  });
  const shortcut = async (
    around: Around,
    name: string,
    subject: string,
    wish: Omit<RunOrder, 'name' | 'args' | 'createdBy'>,
  ) => {
    const result = await run(around, { name, args: [], ...wish });
    return result
      ? { status: 'success' as const, message: `${subject} ${endings[result.status]}`, result }
      : around.reply;
  };
  handle(app, declared.collect, ({ body, ...around }) =>
    shortcut(around, 'data_collector.py', 'Сбор данных', body),
  );
  handle(app, declared.train, ({ body, ...around }) =>
    shortcut(around, 'multi_model_trainer.py', 'Обучение моделей', body),
  );
  handle(app, declared.predict, ({ body, ...around }) =>
    shortcut(around, 'predictor.py', 'Прогнозирование', body),
  );

  handle(app, declared.status, async ({ params }) => {
    const newest = await runs.newestOf(params.script_name);
    return { status: 'success', data: asStatus(newest, await runs.output(newest)) };
  });
  handle(app, declared.statuses, async () => {
    const newest = await runs.newest();
    const data = Object.fromEntries(newest.map((one: ScriptRun) => [one.script_name, asStatus(one)]));
    return { status: 'success', data, count: newest.length };
  });
  handle(app, declared.available, async () => {
    const data = await catalogue.available();
    return { status: 'success', data, count: data.length };
  });
  handle(app, declared.cancel, async ({ params: { script_name: name }, ...around }) => {
    const { isProven } = await audit.cancelled(around, name, () => runs.cancel(name));
    if (isProven) return { status: 'success', message: `Скрипт ${name} отменен` };
    around.reply.code(202);
    return {
      status: 'success',
      message: `Скрипту ${name} приказано остановиться, машина это ещё не подтвердила`,
    };
  });
}

const endings = {
  completed: 'завершено',
  failed: 'завершилось с ошибкой',
  cancelled: 'отменено',
  running: 'выполняется',
  pending: 'ожидает запуска',
};
