import { routes, type ScriptResult, type ScriptStatus } from '@hearth/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../platform/errors.ts';
import { handle } from '../platform/http.ts';
import { goneSignal, preferenceOf } from './prefer.ts';
import type { RunAudit } from './run-audit.ts';
import type { RunOrder, ScriptRunsService } from './script-runs.service.ts';

interface Needs {
  runs: ScriptRunsService;
  audit: RunAudit;
  /** Aborts when the server stops: nobody is kept waiting then. */
  closing: AbortSignal;
}
interface Around {
  caller: { name: string };
  request: FastifyRequest;
  reply: FastifyReply;
}
type Wish = Omit<RunOrder, 'createdBy'>;

/** Document 001's routes that run something: the general one, and a shortcut for each of three scripts. */
export function mlRunRoutes(app: FastifyInstance, needs: Needs): void {
  const declared = routes.scripts;
  const run = (around: Around, wish: Wish) => runAndWait(needs, around, wish);
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
    return result ? answerOf(subject, result) : around.reply;
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
}

/** Starts a run and answers its end, or how it stands where the caller prefers not to wait for it. */
async function runAndWait(
  { runs, audit, closing }: Needs,
  around: Around,
  wish: Wish,
): Promise<ScriptResult | undefined> {
  const { caller, request, reply } = around;
  const createdBy = caller.name;
  const started = await audit.started(around, wish.name, () => runs.start({ ...wish, createdBy }));
  const { isAsync, waitMs } = preferenceOf(request);
  const gone = goneSignal(reply);
  const enough = isAsync ? [AbortSignal.timeout(waitMs)] : [];
  try {
    return await runs.ended(started, AbortSignal.any([gone, closing, ...enough]));
  } catch (error) {
    if (gone.aborted) return undefined;
    if (closing.aborted) throw serverStops(started.runId);
    if (!enough.some(({ aborted }) => aborted)) throw error;
  }
  reply.code(202).header('preference-applied', 'respond-async');
  return runs.result(started);
}

const endings: Record<ScriptStatus, string> = {
  completed: 'завершено',
  failed: 'завершено с ошибкой',
  cancelled: 'отменено',
  running: 'выполняется',
  pending: 'ожидает запуска',
};
const serverStops = (runId: string) =>
  new AppError(
    'service.unavailable',
    'The server stops; the run goes on. Ask for its status.',
    { run_id: runId },
    5,
  );

const answerOf = (subject: string, result: ScriptResult) => ({
  status: 'success' as const,
  message: `${subject}: ${endings[result.status]}`,
  result,
});
