/** Multilayer perceptron; without hidden layers it is logistic (or linear) regression. */
import { linear } from '../autodiff/ops/mat-mul.ts';
import { relu } from '../autodiff/ops/pointwise.ts';
import type { Tensor } from '../autodiff/tensor.ts';
import { type Model, parameter } from './model.ts';
import type { Weights } from './parameters.ts';

/** Layer sizes. */
export interface PerceptronSizes {
  /** Units per hidden layer, first to last. */
  readonly hidden: readonly number[];
}

/** Layers features → hidden… → outputs with ReLU between; weights start as He et al. 2015, biases as zero. */
export function perceptron(sizes: PerceptronSizes, features: number, outputs: number): Model {
  const widths = [features, ...sizes.hidden, outputs];
  const layers = widths
    .slice(1)
    .map((size, index) => ({ name: `layers.${index}`, size, before: widths[index]! }));
  return {
    parameters: layers.flatMap(({ name, size, before }) => [
      { name: `${name}.weight`, shape: [size, before], start: { deviation: Math.sqrt(2 / before) } },
      { name: `${name}.bias`, shape: [size], start: 'zeros' as const },
    ]),
    forward(weights: Weights, x: Tensor): Tensor {
      return layers.reduce((value, { name }, index) => {
        const result = linear(
          value,
          parameter(weights, `${name}.weight`),
          parameter(weights, `${name}.bias`),
        );
        return index < layers.length - 1 ? relu(result) : result;
      }, x);
    },
  };
}
