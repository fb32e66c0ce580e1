/** Reverse-mode differentiation: gradients are tensors of the same graph. */
import { add } from './ops/arithmetic.ts';
import { constant, sizeOf, type Tensor, topologicalOrder } from './tensor.ts';

const filled = (shape: readonly number[], value: number): Tensor =>
  constant(new Float32Array(sizeOf(shape)).fill(value), shape);

/** Tensors between `wrt` and the loss: only these need a gradient. */
function dependents(order: readonly Tensor[], wrt: readonly Tensor[]): Set<Tensor> {
  const reached = new Set(wrt);
  for (const tensor of order) {
    const { source } = tensor;
    if ('inputs' in source && source.inputs.some((it) => reached.has(it))) reached.add(tensor);
  }
  return reached;
}

/**
 * Gradients of a scalar `loss` with respect to each of `wrt`, in that order; zeros where it does not depend.
 * Throws TypeError when the loss is not a scalar or an operation on the way has no gradient.
 */
export function gradients(loss: Tensor, wrt: readonly Tensor[]): Tensor[] {
  if (sizeOf(loss.shape) !== 1) throw new TypeError(`the loss must be a scalar, it is [${loss.shape}]`);
  const order = topologicalOrder([loss]);
  const needed = dependents(order, wrt);
  const sums = new Map<Tensor, Tensor>([[loss, filled(loss.shape, 1)]]);

  for (const tensor of order.reverse()) {
    const gradient = sums.get(tensor);
    const { source } = tensor;
    if (!gradient || !needed.has(tensor) || !('inputs' in source)) continue;
    if (!source.backward)
      throw new TypeError(`${'operator' in source ? source.operator : 'it'} has no gradient`);
    const parts = source.backward(gradient);
    for (const [index, before] of source.inputs.entries()) {
      const part = parts[index];
      if (!part || !needed.has(before)) continue;
      const sum = sums.get(before);
      sums.set(before, sum ? add(sum, part) : part);
    }
  }
  return wrt.map((it) => sums.get(it) ?? filled(it.shape, 0));
}
