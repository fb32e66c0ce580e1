/** Reshaping, summing and spreading: what broadcasting and its gradient need. */
import { integers, operation, type Shape, sizeOf, type Tensor } from '../tensor.ts';

/** The shape two operands broadcast to (NumPy's rule); throws RangeError when they do not fit. */
export function broadcastShape(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, index) => {
    const left = a[index - rank + a.length] ?? 1;
    const right = b[index - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1)
      throw new RangeError(`[${a}] does not broadcast with [${b}]`);
    return Math.max(left, right);
  });
}

/** The same elements in another shape. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (sizeOf(shape) !== sizeOf(x.shape)) throw new RangeError(`[${x.shape}] does not fill [${shape}]`);
  return operation({
    operator: 'Reshape',
    inputs: [x, integers(shape)],
    shape,
    type: x.type,
    backward: (gradient) => [reshape(gradient, x.shape), undefined],
  });
}

/** Sum over `axes` (default: all). With `keep` the summed dimensions stay as 1. */
export function sum(
  x: Tensor,
  axes: readonly number[] = x.shape.map((_, axis) => axis),
  keep = false,
): Tensor {
  if (axes.length === 0) return x;
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return operation({
    operator: 'ReduceSum',
    inputs: [x, integers(axes)],
    shape: keep ? kept : x.shape.filter((_, axis) => !axes.includes(axis)),
    attributes: { keepdims: keep ? 1 : 0 },
    backward: (gradient) => [expand(reshape(gradient, kept), x.shape), undefined],
  });
}

/** Repeats dimensions of size 1 until the tensor has `shape`. */
export function expand(x: Tensor, shape: Shape): Tensor {
  return operation({
    operator: 'Expand',
    inputs: [x, integers(shape)],
    shape,
    backward: (gradient) => [sumTo(gradient, x.shape), undefined],
  });
}

/** Sums a gradient back to the shape an operand had before it was broadcast. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  const lead = x.shape.length - shape.length;
  const axes = x.shape.flatMap((size, axis) =>
    axis < lead || (shape[axis - lead] === 1 && size !== 1) ? [axis] : [],
  );
  if (axes.length === 0) return x;
  return reshape(sum(x, axes, true), shape);
}
