/** The training worker: one run per thread, given as workerData. */
import { parentPort, workerData } from 'node:worker_threads';
import { runTraining } from '../training/run.ts';
import type { TrainingWorkerMessage, TrainingWorkerTask } from './messages.ts';
import { toFailure } from './messages.ts';

const port = parentPort!;
const { request, intraOpNumThreads }: TrainingWorkerTask = workerData;
const tell = (message: TrainingWorkerMessage) => port.postMessage(message);
const stop = new AbortController();
port.once('message', () => stop.abort());

try {
  const model = await runTraining(request, {
    intraOpNumThreads,
    signal: stop.signal,
    onEvent: (event) => tell({ kind: 'event', event }),
  });
  tell({ kind: 'done', model });
} catch (error) {
  tell({ kind: 'failed', failure: toFailure(error) });
} finally {
  port.close();
}
