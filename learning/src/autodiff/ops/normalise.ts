/** Softmax and root-mean-square normalisation, over the last axis. */
import { composite, operation, scalar, type Tensor } from '../tensor.ts';
import { add, divide, multiply, subtract } from './arithmetic.ts';
import { sum, sumTo } from './broadcast.ts';
import { exp, sqrt } from './pointwise.ts';

const lastSum = (x: Tensor): Tensor => sum(x, [x.shape.length - 1], true);

/** eˣ / Σeˣ */
export function softmax(x: Tensor): Tensor {
  const y: Tensor = operation({
    operator: 'Softmax',
    inputs: [x],
    shape: x.shape,
    attributes: { axis: -1 },
    backward: (gradient) => [multiply(y, subtract(gradient, lastSum(multiply(gradient, y))))],
  });
  return y;
}

/** x − log Σeˣ */
export function logSoftmax(x: Tensor): Tensor {
  const y: Tensor = operation({
    operator: 'LogSoftmax',
    inputs: [x],
    shape: x.shape,
    attributes: { axis: -1 },
    backward: (gradient) => [subtract(gradient, multiply(exp(y), lastSum(gradient)))],
  });
  return y;
}

/**
 * x / √(mean(x²) + ε) · scale, with scale [width] (Zhang and Sennrich 2019, "Root Mean Square Layer Normalization").
 * The gradient is written out: dx = r·(g·s − x̂·mean(g·s·x̂)) with x̂ = x·r, r = 1/√(mean(x²) + ε).
 */
export function rmsNorm(x: Tensor, scale: Tensor, epsilon = 1e-5): Tensor {
  const width = scalar(x.shape.at(-1)!);
  const mean = (value: Tensor) => divide(lastSum(value), width);
  const r = divide(scalar(1), sqrt(add(mean(multiply(x, x)), scalar(epsilon))));
  const unit = multiply(x, r);
  return composite(multiply(unit, scale), [x, scale], (gradient) => {
    const scaled = multiply(gradient, scale);
    const along = mean(multiply(scaled, unit));
    return [
      multiply(r, subtract(scaled, multiply(unit, along))),
      sumTo(multiply(gradient, unit), scale.shape),
    ];
  });
}
