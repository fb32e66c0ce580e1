/** A model's weights as one flat vector: where each parameter lies in it, and how it starts. */
import { reshape } from '../autodiff/ops/broadcast.ts';
import { concatenate, slice } from '../autodiff/ops/layout.ts';
import { type Shape, sizeOf, type Tensor } from '../autodiff/tensor.ts';
import type { Random } from '../random.ts';

/** How a parameter starts: all zeros, all ones, or normal with the given standard deviation. */
export type Start = 'zeros' | 'ones' | { readonly deviation: number };

export interface Parameter {
  readonly name: string;
  readonly shape: Shape;
  readonly start: Start;
}

/** A parameter with its place in the flat vector, in elements. */
export interface Placed extends Parameter {
  readonly offset: number;
  readonly size: number;
}

/** Places parameters one after the other. */
export function place(parameters: readonly Parameter[]): Placed[] {
  let end = 0;
  return parameters.map((parameter) => {
    const size = sizeOf(parameter.shape);
    end += size;
    return { ...parameter, size, offset: end - size };
  });
}

/** Number of weights in all. */
export const countWeights = (parameters: readonly Parameter[]): number =>
  parameters.reduce((total, { shape }) => total + sizeOf(shape), 0);

/** Starting weights, [count], drawn in the parameters' order. */
export function initialWeights(parameters: readonly Parameter[], random: Random): Float32Array {
  const weights = new Float32Array(countWeights(parameters));
  for (const { start, offset, size } of place(parameters)) {
    if (start === 'ones') weights.fill(1, offset, offset + size);
    else if (start !== 'zeros') {
      for (let at = offset; at < offset + size; at++) weights[at] = start.deviation * random.normal();
    }
  }
  return weights;
}

/** Parameters by name, as tensors. */
export type Weights = ReadonlyMap<string, Tensor>;

/** Cuts a flat tensor [count] into the parameters. */
export function split(flat: Tensor, parameters: readonly Parameter[]): Weights {
  return new Map(
    place(parameters).map(({ name, shape, offset, size }) => [
      name,
      reshape(slice(flat, 0, offset, offset + size), shape),
    ]),
  );
}

/** Joins tensors into one flat tensor: the inverse of `split`. */
export function join(tensors: readonly Tensor[]): Tensor {
  return concatenate(
    tensors.map((it) => reshape(it, [sizeOf(it.shape)])),
    0,
  );
}

/** The weights of one parameter, without copying. */
export function weightsOf(flat: Float32Array, { offset, size }: Placed): Float32Array {
  return flat.subarray(offset, offset + size);
}
