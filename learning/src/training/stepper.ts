/** The sessions of a run: weights and optimiser state in flat buffers that swap at every step. */
import type { InferenceSession } from 'onnxruntime-node';
import { feed, openSession, type SessionOptions } from '../runtime/session.ts';
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
  close(): Promise<void>;
}

const feedsOf = (batch: Batch, { x, rows }: Objective) => ({
  x: feed(batch.x, x.shape),
  targets: feed(batch.targets, [rows]),
  row_weights: feed(batch.rowWeights, [rows]),
});

const measured = (results: InferenceSession.ReturnType): Measured => ({
  loss: Number(results.loss!.data[0]),
  score: Number(results.score!.data[0]),
});

/** Opens the step graph on starting weights [count]. ONNX Runtime writes each step's result into our buffers. */
export async function openStepper(
  objective: Objective,
  optimizer: Optimizer,
  start: Float32Array,
  options: SessionOptions & { readonly clip?: number } = {},
): Promise<Stepper> {
  const session = await openSession(stepGraph(objective, optimizer, options.clip), options);
  const names = ['weights', ...stateNames(optimizer)];
  const shape = [start.length];
  const buffers = () => names.map(() => new Float32Array(start.length));
  let [now, next] = [buffers(), buffers()];
  now[0]!.set(start);
  let taken = 0;
  return {
    async step(batch, learningRate) {
      const scalars = {
        learning_rate: feed(Float32Array.of(learningRate), []),
        step: feed(Float32Array.of(++taken), []),
      };
      const vectors = Object.fromEntries(names.map((name, index) => [name, feed(now[index]!, shape)]));
      const into = Object.fromEntries(
        names.map((name, index) => [`next_${name}`, feed(next[index]!, shape)]),
      );
      const results = await session.run(
        { ...feedsOf(batch, objective), ...scalars, ...vectors },
        { ...into, loss: null, score: null },
      );
      [now, next] = [next, now];
      return measured(results);
    },
    get weights() {
      return now[0]!;
    },
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
  return {
    evaluate: async (batch, weights) =>
      measured(await session.run({ ...feedsOf(batch, objective), weights: feed(weights, [weights.length]) })),
    close: () => session.release(),
  };
}
