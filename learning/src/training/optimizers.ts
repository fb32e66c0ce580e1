/** Optimisers over flat vectors [count], as graph operations; constants are PyTorch's defaults. */
import { add, divide, multiply, subtract } from '../autodiff/ops/arithmetic.ts';
import { sum } from '../autodiff/ops/broadcast.ts';
import { exp, sqrt } from '../autodiff/ops/pointwise.ts';
import { operation, scalar, type Tensor } from '../autodiff/tensor.ts';

/** Names as in a training configuration. */
export const optimizerNames = ['adam', 'sgd', 'rmsprop', 'adamw'] as const;
export type OptimizerName = (typeof optimizerNames)[number];

/** What an optimiser sees: weights, gradient and its own state [count] each; learning rate and step (1, 2, …) scalars. */
export interface Update {
  readonly weights: Tensor;
  readonly gradient: Tensor;
  readonly state: readonly Tensor[];
  readonly learningRate: Tensor;
  readonly step: Tensor;
}

/** Weights and state after one step. */
export interface Updated {
  readonly weights: Tensor;
  readonly state: readonly Tensor[];
}

export interface Optimizer {
  /** How many flat vectors of state it keeps; they start as zeros. */
  readonly stateVectors: number;
  update(given: Update): Updated;
}

const scale = (x: Tensor, factor: number): Tensor => multiply(x, scalar(factor));
const blend = (old: Tensor, fresh: Tensor, keep: number): Tensor =>
  add(scale(old, keep), scale(fresh, 1 - keep));

/** 1 − βᵗ */
const correction = (beta: number, step: Tensor): Tensor =>
  subtract(scalar(1), exp(scale(step, Math.log(beta))));

/** Adam (Kingma and Ba 2015); with decay it is AdamW (Loshchilov and Hutter 2019). β 0.9 and 0.999, ε 1e-8. */
function adam(decay: number): Optimizer {
  return {
    stateVectors: 2,
    update({ weights, gradient, state, learningRate, step }) {
      const mean = blend(state[0]!, gradient, 0.9);
      const square = blend(state[1]!, multiply(gradient, gradient), 0.999);
      const rate = divide(learningRate, correction(0.9, step));
      const spread = add(divide(sqrt(square), sqrt(correction(0.999, step))), scalar(1e-8));
      const kept = decay ? multiply(weights, subtract(scalar(1), scale(learningRate, decay))) : weights;
      return { weights: subtract(kept, multiply(rate, divide(mean, spread))), state: [mean, square] };
    },
  };
}

/** The optimisers by name: adamw decays weights by 0.01, rmsprop smooths by 0.99, sgd has no momentum. */
export const optimizers: Readonly<Record<OptimizerName, Optimizer>> = {
  adam: adam(0),
  adamw: adam(0.01),
  sgd: {
    stateVectors: 0,
    update: ({ weights, gradient, learningRate }) => ({
      weights: subtract(weights, multiply(learningRate, gradient)),
      state: [],
    }),
  },
  rmsprop: {
    stateVectors: 1,
    update({ weights, gradient, state, learningRate }) {
      const square = blend(state[0]!, multiply(gradient, gradient), 0.99);
      const step = divide(multiply(learningRate, gradient), add(sqrt(square), scalar(1e-8)));
      return { weights: subtract(weights, step), state: [square] };
    },
  },
};

/** Shortens a gradient [count] to length `limit` when it is longer (Pascanu et al. 2013). */
export function clipNorm(gradient: Tensor, limit: number): Tensor {
  const norm = sqrt(add(sum(multiply(gradient, gradient)), scalar(1e-12)));
  const factor = operation({
    operator: 'Min',
    inputs: [scalar(1), divide(scalar(limit), norm)],
    shape: [],
  });
  return multiply(gradient, factor);
}
