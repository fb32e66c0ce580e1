/** Integers, comparisons and look-ups. Only `gatherRows` has a gradient (for its table). */
import { constant, integers, operation, type Tensor } from '../tensor.ts';
import { reshape } from './broadcast.ts';

/** 1 where a = b, else 0, as floats; both int64 and of broadcastable shape, the result has a's or b's larger one. */
export function equal(a: Tensor, b: Tensor, shape = a.shape): Tensor {
  const same = operation({ operator: 'Equal', inputs: [a, b], shape, type: 'bool' });
  return operation({ operator: 'Cast', inputs: [same], shape, attributes: { to: 1 } });
}

/** Index of the largest element along the last axis, int64. */
export function argMax(x: Tensor): Tensor {
  const shape = x.shape.slice(0, -1);
  return operation({
    operator: 'ArgMax',
    inputs: [x],
    shape,
    type: 'int64',
    attributes: { axis: -1, keepdims: 0 },
  });
}

/** ids [n] → floats [n, classes] with a 1 at each id. */
export function oneHot(ids: Tensor, classes: number): Tensor {
  const every = integers(Array.from({ length: classes }, (_, index) => index));
  return equal(reshape(ids, [ids.shape[0]!, 1]), every, [ids.shape[0]!, classes]);
}

/**
 * Rows of `table` [rows, width] at `ids` [n] → [n, width]. The gradient adds rows into zeros by ScatterND: 0.04 ms for
 * 1,024 rows of 64 into 72, where a product with the one-hot matrix takes 0.3 ms (and 4.8 ms into 2,049).
 */
export function gatherRows(table: Tensor, ids: Tensor): Tensor {
  const [rows, width] = table.shape as [number, number];
  const count = ids.shape[0]!;
  return operation({
    operator: 'Gather',
    inputs: [table, ids],
    shape: [count, width],
    attributes: { axis: 0 },
    backward: (gradient) => [
      operation({
        operator: 'ScatterND',
        inputs: [constant(new Float32Array(rows * width), [rows, width]), reshape(ids, [count, 1]), gradient],
        shape: [rows, width],
        attributes: { reduction: 'add' },
      }),
      undefined,
    ],
  });
}
