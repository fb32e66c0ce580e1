/** The prediction worker: owns one session and answers questions in order. */
import { parentPort, workerData } from 'node:worker_threads';
import { type PredictionAnswer, type PredictionQuestion, toFailure } from './messages.ts';
import { feed, openSession } from './session.ts';

const port = parentPort!;
const model: Uint8Array = workerData;
const tell = (answer: PredictionAnswer) => port.postMessage(answer);

try {
  const session = await openSession(model, { intraOpNumThreads: 1 });
  const [output] = session.outputNames;
  port.on('message', async ({ id, rows, count }: PredictionQuestion) => {
    try {
      const results = await session.run({ features: feed(rows, [count, rows.length / count]) });
      tell({ kind: 'result', id, values: Float32Array.from(results[output!]!.data as Float32Array) });
    } catch (error) {
      tell({ kind: 'failed', id, failure: toFailure(error) });
    }
  });
  tell({ kind: 'ready' });
} catch (error) {
  tell({ kind: 'failed', failure: toFailure(error) });
}
