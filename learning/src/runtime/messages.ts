/** What crosses between a caller and its workers. */
import { LearningError, type LearningErrorCode } from '../errors.ts';
import type { TrainingEvent } from '../training/options.ts';
import type { TrainedModel, TrainingRequest } from '../training/run.ts';

export interface TrainingWorkerTask {
  readonly request: TrainingRequest;
  readonly intraOpNumThreads?: number;
}

/** An error as plain data: its class would not survive the crossing. */
export interface Failure {
  readonly code?: LearningErrorCode;
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

export type TrainingWorkerMessage =
  | { readonly kind: 'event'; readonly event: TrainingEvent }
  | { readonly kind: 'done'; readonly model: TrainedModel }
  | { readonly kind: 'failed'; readonly failure: Failure };

export function toFailure(error: unknown): Failure {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const code = error instanceof LearningError ? error.code : undefined;
  return { code, name: error.name, message: error.message, stack: error.stack };
}

/** The error again: a LearningError keeps its code, an abort its name. */
export function fromFailure({ code, name, message, stack }: Failure): Error {
  if (code) return new LearningError(code, message);
  if (name === 'AbortError') return new DOMException('The training was stopped.', 'AbortError');
  return Object.assign(new Error(message), { name, stack });
}

/** One question to a prediction worker: encoded rows [count × features]. */
export interface PredictionQuestion {
  readonly id: number;
  readonly rows: Float32Array;
  readonly count: number;
}

export type PredictionAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly id: number; readonly values: Float32Array }
  | { readonly kind: 'failed'; readonly id?: number; readonly failure: Failure };
