/** Losses per row, from raw scores. What a loss means follows the task. */

import { add, divide, multiply, negate, subtract } from '../autodiff/ops/arithmetic.ts';
import { reshape, sum } from '../autodiff/ops/broadcast.ts';
import { argMax, equal, oneHot } from '../autodiff/ops/choice.ts';
import { logSoftmax, softmax } from '../autodiff/ops/normalise.ts';
import { abs, softplus } from '../autodiff/ops/pointwise.ts';
import { scalar, type Tensor } from '../autodiff/tensor.ts';

/** Names as in a training configuration. */
export const lossFunctions = ['cross_entropy', 'mse', 'mae', 'bce'] as const;
export type LossFunction = (typeof lossFunctions)[number];

/** Classes: targets are class ids [n], int64. Numbers: targets are standardised values [n], floats. */
export type Target = 'classes' | 'numbers';

const square = (x: Tensor): Tensor => multiply(x, x);
const rowMean = (x: Tensor): Tensor => divide(sum(x, [1]), scalar(x.shape[1]!));
const column = (targets: Tensor): Tensor => reshape(targets, [targets.shape[0]!, 1]);

/**
 * Loss per row [n] of raw scores [n, outputs]. For classes: cross_entropy is −log softmax at the class; mse and mae
 * compare softmax with the one-hot class; bce takes each class as a yes-no question, log(1 + eˢ) − s·y. For numbers:
 * mse and mae; throws TypeError for the others.
 */
export function rowLosses(loss: LossFunction, target: Target, scores: Tensor, targets: Tensor): Tensor {
  if (target === 'numbers') {
    const error = subtract(scores, column(targets));
    if (loss === 'mse') return rowMean(square(error));
    if (loss === 'mae') return rowMean(abs(error));
    throw new TypeError(`${loss} has no meaning for numbers`);
  }
  const truth = oneHot(targets, scores.shape[1]!);
  switch (loss) {
    case 'cross_entropy':
      return negate(sum(multiply(logSoftmax(scores), truth), [1]));
    case 'bce':
      return rowMean(subtract(softplus(scores), multiply(scores, truth)));
    case 'mse':
      return rowMean(square(subtract(softmax(scores), truth)));
    case 'mae':
      return rowMean(abs(subtract(softmax(scores), truth)));
  }
}

/** What accuracy is computed from, per row [n]: 1 where the class is right; the squared error of a number. */
export function rowScores(target: Target, scores: Tensor, targets: Tensor): Tensor {
  if (target === 'classes') return equal(argMax(scores), targets);
  return sum(square(subtract(scores, column(targets))), [1]);
}

/** Mean over rows [n] by their weights [n]: rows that only fill a batch weigh 0. */
export function weightedMean(rows: Tensor, weights: Tensor): Tensor {
  return divide(sum(multiply(rows, weights)), add(sum(weights), scalar(1e-12)));
}
