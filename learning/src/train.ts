/** Training in a thread of its own. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { fromFailure, type TrainingWorkerMessage, type TrainingWorkerTask } from './runtime/messages.ts';
import type { TrainingEvent } from './training/options.ts';
import type { TrainedModel, TrainingRequest } from './training/run.ts';

export interface TrainOptions extends TrainingRequest {
  /** Aborting ends the run within one step; the promise rejects with an AbortError. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: TrainingEvent) => void;
  /**
   * Threads inside one operator. Default: for text one less than the cores (at least one), so that the machine stays
   * responsive; one for tables, whose operators are too small to share.
   */
  readonly intraOpNumThreads?: number;
}

/** A worker that does not obey an abort in this time is ended. */
const graceMs = 10_000;

/**
 * Trains a model in a worker thread; the caller's event loop stays free. Deterministic for a seed (and a thread
 * count). Rejects with LearningError for unsuited data or configuration, with training.diverged when the loss stops
 * being finite, with an AbortError when aborted.
 */
export function train(options: TrainOptions): Promise<TrainedModel> {
  const { signal, onEvent, architecture, data, config, resume } = options;
  const intraOpNumThreads =
    options.intraOpNumThreads ?? (data.format === 'text' ? Math.max(1, availableParallelism() - 1) : 1);
  const aborted = () => new DOMException('The training was stopped.', 'AbortError');
  if (signal?.aborted) return Promise.reject(aborted());
  const workerData: TrainingWorkerTask = {
    request: { architecture, data, config, resume },
    intraOpNumThreads,
  };
  const worker = new Worker(new URL('./runtime/training.worker.ts', import.meta.url), { workerData });

  return new Promise<TrainedModel>((resolve, reject) => {
    let grace: NodeJS.Timeout | undefined;
    const stop = () => {
      worker.postMessage('stop');
      grace = setTimeout(() => worker.terminate(), graceMs);
    };
    signal?.addEventListener('abort', stop, { once: true });
    worker.on('message', (message: TrainingWorkerMessage) => {
      if (message.kind === 'event') onEvent?.(message.event);
      else if (message.kind === 'done') resolve(message.model);
      else reject(fromFailure(message.failure));
    });
    worker.once('error', reject);
    worker.once('exit', (code) => {
      clearTimeout(grace);
      signal?.removeEventListener('abort', stop);
      reject(signal?.aborted ? aborted() : new Error(`The training worker ended with code ${code}.`));
    });
  });
}
