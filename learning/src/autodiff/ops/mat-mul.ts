/** Matrix products. ONNX Runtime folds the transposes into its product kernel. */
import { operation, type Tensor } from '../tensor.ts';
import { broadcastShape, sumTo } from './broadcast.ts';
import { swapLast } from './layout.ts';

/** a·b over the last two dimensions; leading dimensions broadcast. Throws RangeError on unequal inner sizes. */
export function matMul(a: Tensor, b: Tensor): Tensor {
  const [rows, inner] = a.shape.slice(-2) as [number, number];
  const [height, columns] = b.shape.slice(-2) as [number, number];
  if (inner !== height) throw new RangeError(`[${a.shape}] does not multiply [${b.shape}]`);
  const lead = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return operation({
    operator: 'MatMul',
    inputs: [a, b],
    shape: [...lead, rows, columns],
    backward: (gradient) => [
      sumTo(matMul(gradient, swapLast(b)), a.shape),
      sumTo(matMul(swapLast(a), gradient), b.shape),
    ],
  });
}

/** A linear layer, x [n, in] with weights stored [out, in] as PyTorch and GGUF do: x·Wᵀ (+ bias [out]) → [n, out]. */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const [rows, inner] = x.shape as [number, number];
  const [outputs, width] = weight.shape as [number, number];
  if (inner !== width) throw new RangeError(`[${x.shape}] does not fit weights [${weight.shape}]`);
  return operation({
    operator: 'Gemm',
    inputs: bias ? [x, weight, bias] : [x, weight],
    shape: [rows, outputs],
    attributes: { transB: 1 },
    backward: (gradient) => [
      product(gradient, weight, false),
      product(gradient, x, true),
      ...(bias ? [sumTo(gradient, bias.shape)] : []),
    ],
  });
}

/** a·b or aᵀ·b of two matrices, by Gemm; used inside gradients. */
function product(a: Tensor, b: Tensor, transposeA: boolean): Tensor {
  const rows = a.shape[transposeA ? 1 : 0]!;
  const attributes = { transA: transposeA ? 1 : 0 };
  return operation({ operator: 'Gemm', inputs: [a, b], shape: [rows, b.shape[1]!], attributes });
}
