/** An engine's own process: one loaded model, spoken to over IPC. A fault in native code takes only this one down. */
import { type Engine, EngineError, type EngineModel } from './engine.ts';
import { EngineNews, EngineOrder } from './engine-messages.ts';

const openers: Record<'llama' | 'onnx', (model: EngineModel) => Promise<Engine>> = {
  llama: async (model) => (await import('./llama.engine.ts')).openLlama(model),
  onnx: async (model) => (await import('./onnx.engine.ts')).openOnnx(model),
};
const running = new Map<string, AbortController>();
let engine: Engine | undefined;

const tell = (news: EngineNews): void => void process.send?.(EngineNews.parse(news));
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

async function load(order: Extract<EngineOrder, { type: 'load' }>): Promise<void> {
  try {
    const onProgress = (progress: number) => tell({ type: 'loading', progress });
    engine = await openers[order.engine]({ ...order, onProgress });
    tell({ type: 'ready', facts: engine.facts });
  } catch (error) {
    console.error(error);
    tell({ type: 'unusable', message: messageOf(error) });
  }
}

async function start({ requestId, request }: Extract<EngineOrder, { type: 'start' }>): Promise<void> {
  const abort = new AbortController();
  running.set(requestId, abort);
  try {
    if (!engine) throw new EngineError('deployment.not_ready', 'The model is not loaded yet.');
    if (request.kind === 'predict') {
      tell({ type: 'predicted', requestId, predictions: await engine.predict(request.rows) });
    } else {
      const onText = (text: string) => tell({ type: 'delta', requestId, text });
      tell({ type: 'end', requestId, ...(await engine.generate(request, abort.signal, onText)) });
    }
  } catch (error) {
    if (abort.signal.aborted) return;
    if (!(error instanceof EngineError)) console.error(error);
    const code = error instanceof EngineError ? error.code : 'inference.failed';
    tell({ type: 'failed', requestId, code, message: messageOf(error) });
  } finally {
    running.delete(requestId);
  }
}

process.on('message', (raw) => {
  const order = EngineOrder.parse(raw);
  if (order.type === 'load') void load(order);
  else if (order.type === 'start') void start(order);
  else running.get(order.requestId)?.abort();
});
// Without an agent nobody can ask this model anything.
process.on('disconnect', () => process.exit(0));
