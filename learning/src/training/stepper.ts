/** The sessions of a run: weights and optimiser state in flat buffers that swap at every step. */
import type { InferenceSession } from 'onnxruntime-node';
import { type Feed, feed, openSession, type SessionOptions, type Values } from '../runtime/session.ts';
import { evaluationGraph, type Objective, stateNames, stepGraph } from './graphs.ts';
import type { Optimizer } from './optimizers.ts';
import type { Batch } from './problem.ts';

/** Mean loss of a batch and the sum of its row scores. */
export interface Measured {
  readonly loss: number;
  readonly score: number;
}

/** Takes optimiser steps, each with its own learning rate. */
export interface Stepper {
  step(batch: Batch, learningRate: number): Promise<Measured>;
  /** The weights after the last step; valid until the next one. */
  readonly weights: Float32Array;
  /** Copies of the weights and the optimiser's state vectors, and the steps taken. */
  save(): Progress;
  close(): Promise<void>;
}

/** Where an optimiser stands: the weights and then its state vectors [count] each; those left out are zeros. */
export interface Progress {
  readonly vectors: readonly Float32Array[];
  readonly steps: number;
}

/** Wraps a batch for ONNX Runtime; arrays that come again keep their wrapping, which small steps notice. */
export function batchFeeder({ x, rows }: Objective): (batch: Batch) => Record<string, Feed> {
  const wrapped = new WeakMap<Values, Record<string, Feed>>();
  return (batch) => {
    const known = wrapped.get(batch.x);
    if (known) return known;
    const feeds = {
      x: feed(batch.x, x.shape),
      targets: feed(batch.targets, [rows]),
      row_weights: feed(batch.rowWeights, [rows]),
    };
    wrapped.set(batch.x, feeds);
    return feeds;
  };
}

export const measured = (results: InferenceSession.ReturnType): Measured => ({
  loss: Number(results.loss!.data[0]),
  score: Number(results.score!.data[0]),
});

/** Weights and optimiser state as two sets of wrapped vectors: one is read while the other is written. */
export function swappingVectors(optimizer: Optimizer, start: readonly Float32Array[]) {
  const names = ['weights', ...stateNames(optimizer)];
  const count = start[0]!.length;
  const vectors = () => {
    const arrays = names.map(() => new Float32Array(count));
    const wrapped = arrays.map((array) => feed(array, [count]));
    const named = (prefix: string) =>
      Object.fromEntries(names.map((name, index) => [`${prefix}${name}`, wrapped[index]!]));
    return { arrays, inputs: named(''), outputs: named('next_') };
  };
  let [now, next] = [vectors(), vectors()];
  for (const [index, array] of start.entries()) now.arrays[index]?.set(array);
  return {
    get weights(): Float32Array {
      return now.arrays[0]!;
    },
    copy: (): Float32Array[] => now.arrays.map((array) => array.slice()),
    get inputs() {
      return now.inputs;
    },
    get outputs() {
      return next.outputs;
    },
    swap(): void {
      [now, next] = [next, now];
    },
  };
}

/** Opens the step graph where `start` stands. ONNX Runtime writes each step's result into our buffers. */
export async function openStepper(
  objective: Objective,
  optimizer: Optimizer,
  start: Progress,
  options: SessionOptions & { readonly clip?: number } = {},
): Promise<Stepper> {
  const session = await openSession(stepGraph(objective, optimizer, options.clip), options);
  const vectors = swappingVectors(optimizer, start.vectors);
  const feeds = batchFeeder(objective);
  const rate = new Float32Array(1);
  const taken = Float32Array.of(start.steps);
  const scalars = { learning_rate: feed(rate, []), step: feed(taken, []) };
  return {
    async step(batch, learningRate) {
      rate[0] = learningRate;
      taken[0]! += 1;
      const results = await session.run(
        { ...feeds(batch), ...scalars, ...vectors.inputs },
        { ...vectors.outputs, loss: null, score: null },
      );
      vectors.swap();
      return measured(results);
    },
    get weights() {
      return vectors.weights;
    },
    save: () => ({ vectors: vectors.copy(), steps: taken[0]! }),
    close: () => session.release(),
  };
}

/** Measures batches with given weights. */
export interface Evaluator {
  evaluate(batch: Batch, weights: Float32Array): Promise<Measured>;
  close(): Promise<void>;
}

/** Opens the evaluation graph. */
export async function openEvaluator(objective: Objective, options: SessionOptions = {}): Promise<Evaluator> {
  const session = await openSession(evaluationGraph(objective), options);
  const feeds = batchFeeder(objective);
  return {
    evaluate: async (batch, weights) =>
      measured(await session.run({ ...feeds(batch), weights: feed(weights, [weights.length]) })),
    close: () => session.release(),
  };
}
