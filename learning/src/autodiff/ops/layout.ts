/** Moving elements around: transpose, slice, concatenate. */
import { constant, integers, operation, type Shape, sizeOf, type Tensor } from '../tensor.ts';

/** Reorders dimensions: dimension i of the result is dimension `permutation[i]` of x. */
export function transpose(x: Tensor, permutation: readonly number[]): Tensor {
  const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
  return operation({
    operator: 'Transpose',
    inputs: [x],
    shape: permutation.map((axis) => x.shape[axis]!),
    attributes: { perm: permutation },
    backward: (gradient) => [transpose(gradient, inverse)],
  });
}

/** Swaps the last two dimensions. */
export function swapLast(x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis);
  const [before, last] = axes.splice(-2) as [number, number];
  return transpose(x, [...axes, last, before]);
}

const resized = (shape: Shape, axis: number, size: number): Shape =>
  shape.map((old, index) => (index === axis ? size : old));

const zeros = (shape: Shape): Tensor => constant(new Float32Array(sizeOf(shape)), shape);

/** Elements `start` (included) to `end` (excluded) along `axis`. */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  const size = x.shape[axis]!;
  if (start < 0 || end > size || start >= end) throw new RangeError(`${start}..${end} is outside 0..${size}`);
  return operation({
    operator: 'Slice',
    inputs: [x, integers([start]), integers([end]), integers([axis])],
    shape: resized(x.shape, axis, end - start),
    backward: (gradient) => {
      const before = start > 0 ? [zeros(resized(x.shape, axis, start))] : [];
      const after = end < size ? [zeros(resized(x.shape, axis, size - end))] : [];
      return [concatenate([...before, gradient, ...after], axis)];
    },
  });
}

/** Joins tensors along `axis`. */
export function concatenate(parts: readonly Tensor[], axis: number): Tensor {
  const [first] = parts;
  if (!first) throw new RangeError('nothing to concatenate');
  if (parts.length === 1) return first;
  const sizes = parts.map((part) => part.shape[axis]!);
  return operation({
    operator: 'Concat',
    inputs: parts,
    shape: resized(
      first.shape,
      axis,
      sizes.reduce((total, size) => total + size, 0),
    ),
    attributes: { axis },
    backward: (gradient) => {
      let end = 0;
      return sizes.map((size) => {
        end += size;
        return slice(gradient, axis, end - size, end);
      });
    },
  });
}
