/**
 * Symbolic tensors: values of a directed acyclic graph with static shapes. Nothing is computed here; a set
 * of outputs is emitted as an ONNX graph (emit.ts) and run elsewhere.
 */
import type { Attributes, ElementType } from '../onnx/model.ts';

/** Sizes per dimension, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/** Gradients of the inputs, in their order, from the gradient of the output; undefined where there is none. */
export type Backward = (gradient: Tensor) => readonly (Tensor | undefined)[];

/** Where a tensor comes from. */
export type Source =
  | { readonly kind: 'input'; readonly name: string; readonly dynamicBatch: boolean }
  | { readonly kind: 'constant'; readonly data: Float32Array | BigInt64Array; readonly name?: string }
  | {
      readonly kind: 'operation';
      readonly operator: string;
      readonly inputs: readonly Tensor[];
      readonly attributes: Attributes;
      readonly backward?: Backward;
    }
  | {
      readonly kind: 'composite';
      readonly value: Tensor;
      readonly inputs: readonly Tensor[];
      readonly backward: Backward;
    };

/** An immutable symbolic tensor. */
export interface Tensor {
  readonly shape: Shape;
  readonly type: ElementType;
  readonly source: Source;
}

/** Number of elements of a shape. */
export const sizeOf = (shape: Shape): number => shape.reduce((size, dimension) => size * dimension, 1);

/** A tensor fed at run time under `name`. With `dynamicBatch` the emitted first dimension is symbolic ("batch"). */
export function input(
  name: string,
  shape: Shape,
  type: ElementType = 'float32',
  dynamicBatch = false,
): Tensor {
  return { shape, type, source: { kind: 'input', name, dynamicBatch } };
}

/** A constant tensor of floats, stored in the model under `name` if given; throws RangeError when the count does not fit the shape. */
export function constant(data: Float32Array, shape: Shape = [data.length], name?: string): Tensor {
  if (data.length !== sizeOf(shape)) throw new RangeError(`${data.length} values do not fill [${shape}]`);
  return { shape, type: 'float32', source: { kind: 'constant', data, name } };
}

/** A constant scalar. */
export const scalar = (value: number): Tensor => constant(Float32Array.of(value), []);

/** A constant vector of 64-bit integers (shapes, axes, indices). */
export function integers(values: readonly number[], shape: Shape = [values.length]): Tensor {
  const data = BigInt64Array.from(values, BigInt);
  return { shape, type: 'int64', source: { kind: 'constant', data } };
}

/** Declares one call of an ONNX operator with its result's shape and, if differentiable, its gradient. */
export function operation(options: {
  operator: string;
  inputs: readonly Tensor[];
  shape: Shape;
  type?: ElementType;
  attributes?: Attributes;
  backward?: Backward;
}): Tensor {
  const { operator, inputs, shape, type = 'float32', attributes = {}, backward } = options;
  return { shape, type, source: { kind: 'operation', operator, inputs, attributes, backward } };
}

/** A value computed by several operations that is differentiated as one, by a gradient of its own. */
export function composite(value: Tensor, inputs: readonly Tensor[], backward: Backward): Tensor {
  return { shape: value.shape, type: value.type, source: { kind: 'composite', value, inputs, backward } };
}

function predecessors({ source }: Tensor): readonly Tensor[] {
  if (source.kind === 'operation') return source.inputs;
  return source.kind === 'composite' ? [source.value, ...source.inputs] : [];
}

/** Every tensor the outputs depend on, inputs before users, each once. */
export function topologicalOrder(outputs: readonly Tensor[]): Tensor[] {
  const done = new Set<Tensor>();
  const order: Tensor[] = [];
  const stack: { tensor: Tensor; next: number }[] = [];
  for (const output of outputs) {
    stack.push({ tensor: output, next: 0 });
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const before = predecessors(top.tensor)[top.next];
      if (done.has(top.tensor)) stack.pop();
      else if (before) {
        top.next++;
        if (!done.has(before)) stack.push({ tensor: before, next: 0 });
      } else {
        done.add(top.tensor);
        order.push(top.tensor);
        stack.pop();
      }
    }
  }
  return order;
}
