/** Functions of one element. */
import { composite, operation, scalar, type Tensor } from '../tensor.ts';
import { add, divide, multiply, subtract } from './arithmetic.ts';

function unary(operator: string, x: Tensor, derivative?: (gradient: Tensor, y: Tensor) => Tensor): Tensor {
  const y: Tensor = operation({
    operator,
    inputs: [x],
    shape: x.shape,
    backward: derivative && ((gradient) => [derivative(gradient, y)]),
  });
  return y;
}

/** eˣ */
export const exp = (x: Tensor): Tensor => unary('Exp', x, multiply);

/** Natural logarithm. */
export const log = (x: Tensor): Tensor => unary('Log', x, (gradient) => divide(gradient, x));

/** √x */
export const sqrt = (x: Tensor): Tensor =>
  unary('Sqrt', x, (gradient, y) => divide(multiply(gradient, scalar(0.5)), y));

/** −1, 0 or 1; has no gradient. */
const sign = (x: Tensor): Tensor => unary('Sign', x);

/** |x|, with gradient 0 at 0. */
export const abs = (x: Tensor): Tensor => unary('Abs', x, (gradient) => multiply(gradient, sign(x)));

/** max(x, 0), with gradient 0 at 0. */
export const relu = (x: Tensor): Tensor => unary('Relu', x, (gradient, y) => multiply(gradient, sign(y)));

/** 1 / (1 + e⁻ˣ) */
export const sigmoid = (x: Tensor): Tensor =>
  unary('Sigmoid', x, (gradient, y) => multiply(gradient, multiply(y, subtract(scalar(1), y))));

/** Hyperbolic tangent. */
export const tanh = (x: Tensor): Tensor =>
  unary('Tanh', x, (gradient, y) => multiply(gradient, subtract(scalar(1), multiply(y, y))));

/** log(1 + eˣ) without overflow. */
export const softplus = (x: Tensor): Tensor =>
  unary('Softplus', x, (gradient) => multiply(gradient, sigmoid(x)));

/** x · sigmoid(x) (Elfwing et al. 2017; the gate of SwiGLU). */
export function silu(x: Tensor): Tensor {
  const gate = sigmoid(x);
  const y = multiply(x, gate);
  return composite(y, [x], (gradient) => [
    multiply(gradient, add(gate, multiply(y, subtract(scalar(1), gate)))),
  ]);
}
