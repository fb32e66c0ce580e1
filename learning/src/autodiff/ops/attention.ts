/** What a llama-shaped decoder adds: rotary positions and causal attention with grouped heads. */
import { composite, constant, scalar, type Tensor } from '../tensor.ts';
import { add, multiply, subtract } from './arithmetic.ts';
import { sum } from './broadcast.ts';
import { swapLast } from './layout.ts';
import { matMul } from './mat-mul.ts';
import { softmax } from './normalise.ts';

/**
 * Rotary position embedding (Su et al. 2021, equation 34) of x [..., positions, width], neighbours paired (2i, 2i+1):
 * the layout of llama.cpp's "llama" architecture, so weights need no permutation. Position p turns pair i by
 * p·base^(−2i/width). The swap of neighbours is a product with a constant matrix, which beats gathering.
 */
export function rotary(x: Tensor, base = 10_000): Tensor {
  const [positions, width] = x.shape.slice(-2) as [number, number];
  const cos = new Float32Array(positions * width);
  const sin = new Float32Array(positions * width);
  for (let at = 0; at < cos.length; at++) {
    const pair = Math.floor((at % width) / 2);
    const angle = Math.floor(at / width) * base ** ((-2 * pair) / width);
    cos[at] = Math.cos(angle);
    sin[at] = Math.sin(angle);
  }
  const turn = new Float32Array(width * width);
  for (let even = 0; even < width; even += 2) {
    turn[(even + 1) * width + even] = -1;
    turn[even * width + even + 1] = 1;
  }
  const shape = [positions, width];
  const turned = matMul(x, constant(turn, [width, width]));
  return add(multiply(x, constant(cos, shape)), multiply(turned, constant(sin, shape)));
}

/** 0 where a query may look, −10⁹ at later keys, whose weight is then exactly 0: [repeat·positions, positions]. */
function causalMask(positions: number, repeat: number): Tensor {
  const mask = new Float32Array(repeat * positions * positions);
  for (let row = 0; row < repeat * positions; row++) {
    mask.fill(-1e9, row * positions + (row % positions) + 1, (row + 1) * positions);
  }
  return constant(mask, [repeat * positions, positions]);
}

/**
 * softmax(q·kᵀ/√width + causal mask)·v. k and v are [batch, groups, positions, width]; q holds the heads of a group
 * one after the other, [batch, groups, repeat·positions, width] (grouped-query attention, Ainslie et al. 2023), so
 * neither keys nor values are copied. The gradient uses rowsum(dP∘P) = rowsum(dO∘O) (Dao 2022, appendix B), which
 * is width elements a row and not positions.
 */
export function causalAttention(q: Tensor, k: Tensor, v: Tensor): Tensor {
  const [rows, width] = q.shape.slice(-2) as [number, number];
  const positions = k.shape.at(-2)!;
  const scale = scalar(1 / Math.sqrt(width));
  const scaled = multiply(q, scale);
  const mask = causalMask(positions, rows / positions);
  const weights = softmax(add(matMul(scaled, swapLast(k)), mask));
  const output = matMul(weights, v);
  return composite(output, [q, k, v], (gradient) => {
    const toWeights = matMul(gradient, swapLast(v));
    const rowSums = sum(multiply(gradient, output), [q.shape.length - 1], true);
    const toScores = multiply(weights, subtract(toWeights, rowSums));
    return [
      multiply(matMul(toScores, k), scale),
      matMul(swapLast(toScores), scaled),
      matMul(swapLast(weights), gradient),
    ];
  });
}
