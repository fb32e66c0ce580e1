/** The two graphs of a training run: one optimiser step, and evaluation of a batch. */
import { emitModel } from '../autodiff/emit.ts';
import { gradients } from '../autodiff/gradients.ts';
import { add, multiply } from '../autodiff/ops/arithmetic.ts';
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

/** The optimiser's part of a graph: "next_…" of the weights and of each state vector. */
function updated(
  weights: Tensor,
  gradient: Tensor,
  optimizer: Optimizer,
  clip?: number,
): Record<string, Tensor> {
  const state = stateNames(optimizer).map((name) => input(name, weights.shape));
  const next = optimizer.update({
    weights,
    gradient: clip ? clipNorm(gradient, clip) : gradient,
    state,
    learningRate: input('learning_rate', []),
    step: input('step', []),
  });
  const nextState = next.state.map((it, index): [string, Tensor] => [`next_state${index}`, it]);
  return { next_weights: next.weights, ...Object.fromEntries(nextState) };
}

/**
 * One optimiser step as ONNX. Inputs: weights and state vectors [count], x, targets [rows], row_weights [rows],
 * learning_rate and step (scalars). Outputs: the vectors after the step under "next_…", loss (mean) and score (sum).
 */
export function stepGraph(given: Objective, optimizer: Optimizer, clip?: number): Uint8Array {
  const { weights, parts, loss, score } = objective(given);
  return emitModel({ ...updated(weights, join(gradients(loss, parts)), optimizer, clip), loss, score });
}

/**
 * A part of a step as ONNX, for batches too large for one go: adds `share` (a scalar) times the part's gradient to
 * `gradient` [count] and gives it as next_gradient, with loss (mean) and score (sum) of the part.
 */
export function gradientGraph(given: Objective): Uint8Array {
  const { weights, parts, loss, score } = objective(given);
  const flat = multiply(join(gradients(loss, parts)), input('share', []));
  return emitModel({ next_gradient: add(input('gradient', weights.shape), flat), loss, score });
}

/** The end of such a step as ONNX: weights, state vectors and `gradient` [count] to their "next_…". */
export function updateGraph(count: number, optimizer: Optimizer, clip?: number): Uint8Array {
  return emitModel(updated(input('weights', [count]), input('gradient', [count]), optimizer, clip));
}

/** Loss (mean) and score (sum) of a batch as ONNX, from weights, x, targets and row_weights. */
export function evaluationGraph(given: Objective): Uint8Array {
  const { loss, score } = objective(given);
  return emitModel({ loss, score });
}
