/** ONNX Runtime behind a few lines: load a model, run it. `run` blocks its thread: use it inside a worker. */
import { availableParallelism } from 'node:os';
import { InferenceSession, Tensor } from 'onnxruntime-node';

export type Values = Float32Array | BigInt64Array;

/** A value with its shape, as fed to and fetched from a session. */
export type Feed = Tensor;

/** Wraps values without copying them. */
export function feed(values: Values, shape: readonly number[]): Feed {
  return values instanceof Float32Array
    ? new Tensor('float32', values, shape)
    : new Tensor('int64', values, shape);
}

export interface SessionOptions {
  /** Threads inside one operator; default: all cores. */
  readonly intraOpNumThreads?: number;
}

/**
 * Loads an ONNX model on the CPU. Waiting threads sleep rather than spin, since others use the cores too. Numbers too
 * small for full precision count as 0: the gradients of attention are full of them, and each costs a hundred times
 * an ordinary product (measured: 192 ms a step with them, 48 without).
 */
export function openSession(model: Uint8Array, options: SessionOptions = {}): Promise<InferenceSession> {
  return InferenceSession.create(model, {
    executionProviders: ['cpu'],
    intraOpNumThreads: options.intraOpNumThreads ?? availableParallelism(),
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    extra: { session: { set_denormal_as_zero: '1', intra_op: { allow_spinning: '0' } } },
  });
}
