import type { Tensor } from '../autodiff/tensor.ts';
import type { Parameter, Weights } from './parameters.ts';

/** A network: its parameters and its forward pass. */
export interface Model {
  readonly parameters: readonly Parameter[];
  /** Raw scores from a batch of inputs: [rows, outputs]; for text, a row per token. */
  forward(weights: Weights, x: Tensor): Tensor;
}

/** Looks a parameter up; throws when the model never declared it. */
export function parameter(weights: Weights, name: string): Tensor {
  const tensor = weights.get(name);
  if (!tensor) throw new Error(`the model declares no parameter ${name}`);
  return tensor;
}
