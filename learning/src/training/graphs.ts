/** The two graphs of a training run: one optimiser step, and evaluation of a batch. */
import { emitModel } from '../autodiff/emit.ts';
import { gradients } from '../autodiff/gradients.ts';
import { multiply } from '../autodiff/ops/arithmetic.ts';
import { sum } from '../autodiff/ops/broadcast.ts';
import { input, type Shape, type Tensor } from '../autodiff/tensor.ts';
import type { Model } from '../models/model.ts';
import { countWeights, join, split } from '../models/parameters.ts';
import { type LossFunction, rowLosses, rowScores, type Target, weightedMean } from './losses.ts';
import { clipNorm, type Optimizer } from './optimizers.ts';

/** What the graphs compute. */
export interface Objective {
  readonly model: Model;
  readonly loss: LossFunction;
  readonly target: Target;
  /** Type and shape of one batch of inputs. */
  readonly x: { readonly type: 'float32' | 'int64'; readonly shape: Shape };
  /** Rows of scores a batch gives: rows of a table, or tokens. */
  readonly rows: number;
}

function objective({ model, loss, target, x, rows }: Objective) {
  const weights = input('weights', [countWeights(model.parameters)]);
  const parts = split(weights, model.parameters);
  const scores = model.forward(parts, input('x', x.shape, x.type));
  const targets = input('targets', [rows], target === 'classes' ? 'int64' : 'float32');
  const rowWeights = input('row_weights', [rows]);
  return {
    weights,
    parts: [...parts.values()],
    loss: weightedMean(rowLosses(loss, target, scores, targets), rowWeights),
    score: sum(multiply(rowScores(target, scores, targets), rowWeights)),
  };
}

/** Names of the state vectors: "state0", "state1", … */
export const stateNames = (optimizer: Optimizer): string[] =>
  Array.from({ length: optimizer.stateVectors }, (_, index) => `state${index}`);

/**
 * One optimiser step as ONNX. Inputs: weights and state vectors [count], x, targets [rows], row_weights [rows],
 * learning_rate and step (scalars). Outputs: the vectors after the step under "next_…", loss (mean) and score (sum).
 */
export function stepGraph(given: Objective, optimizer: Optimizer, clip?: number): Uint8Array {
  const { weights, parts, loss, score } = objective(given);
  const flat = join(gradients(loss, parts));
  const state = stateNames(optimizer).map((name) => input(name, weights.shape));
  const next = optimizer.update({
    weights,
    gradient: clip ? clipNorm(flat, clip) : flat,
    state,
    learningRate: input('learning_rate', []),
    step: input('step', []),
  });
  const nextState = next.state.map((it, index): [string, Tensor] => [`next_state${index}`, it]);
  return emitModel({ next_weights: next.weights, ...Object.fromEntries(nextState), loss, score });
}

/** Loss (mean) and score (sum) of a batch as ONNX, from weights, x, targets and row_weights. */
export function evaluationGraph(given: Objective): Uint8Array {
  const { loss, score } = objective(given);
  return emitModel({ loss, score });
}
