/** The four operations, broadcasting like NumPy. */
import { operation, type Tensor } from '../tensor.ts';
import { broadcastShape, sumTo } from './broadcast.ts';

type Partial = (gradient: Tensor) => Tensor;

function binary(operator: string, a: Tensor, b: Tensor, toA: Partial, toB: Partial): Tensor {
  return operation({
    operator,
    inputs: [a, b],
    shape: broadcastShape(a.shape, b.shape),
    backward: (gradient) => [sumTo(toA(gradient), a.shape), sumTo(toB(gradient), b.shape)],
  });
}

/** −x */
export function negate(x: Tensor): Tensor {
  return operation({
    operator: 'Neg',
    inputs: [x],
    shape: x.shape,
    backward: (gradient) => [negate(gradient)],
  });
}

/** a + b */
export function add(a: Tensor, b: Tensor): Tensor {
  const same = (gradient: Tensor) => gradient;
  return binary('Add', a, b, same, same);
}

/** a − b */
export function subtract(a: Tensor, b: Tensor): Tensor {
  return binary('Sub', a, b, (gradient) => gradient, negate);
}

/** a · b, element by element */
export function multiply(a: Tensor, b: Tensor): Tensor {
  return binary(
    'Mul',
    a,
    b,
    (gradient) => multiply(gradient, b),
    (gradient) => multiply(gradient, a),
  );
}

/** a / b, element by element */
export function divide(a: Tensor, b: Tensor): Tensor {
  const quotient: Tensor = binary(
    'Div',
    a,
    b,
    (gradient) => divide(gradient, b),
    (gradient) => negate(divide(multiply(gradient, quotient), b)),
  );
  return quotient;
}
