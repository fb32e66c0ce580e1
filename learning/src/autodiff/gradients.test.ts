import { describe, expect, it } from 'vitest';
import { seededRandom } from '../random.ts';
import { feed, openSession } from '../runtime/session.ts';
import { emitModel } from './emit.ts';
import { gradients } from './gradients.ts';
import { add, divide, multiply, negate, subtract } from './ops/arithmetic.ts';
import { causalAttention, rotary } from './ops/attention.ts';
import { expand, reshape, sum } from './ops/broadcast.ts';
import { argMax, gatherRows } from './ops/choice.ts';
import { concatenate, slice, swapLast, transpose } from './ops/layout.ts';
import { linear, matMul } from './ops/mat-mul.ts';
import { logSoftmax, rmsNorm, softmax } from './ops/normalise.ts';
import { abs, exp, log, relu, sigmoid, silu, softplus, sqrt, tanh } from './ops/pointwise.ts';
import { constant, input, integers, type Shape, sizeOf, type Tensor } from './tensor.ts';

type Case = [name: string, shapes: Shape[], build: (...inputs: Tensor[]) => Tensor, positive?: 'positive'];

const cases: Case[] = [
  [
    'add',
    [
      [2, 3],
      [2, 3],
    ],
    add,
  ],
  ['add, broadcast', [[2, 3], [3]], add],
  ['add, one tensor twice', [[4]], (x) => add(x, x)],
  [
    'subtract',
    [
      [2, 1, 3],
      [4, 1],
    ],
    subtract,
  ],
  [
    'multiply',
    [
      [2, 3],
      [2, 1],
    ],
    multiply,
  ],
  ['divide', [[2, 3], [3]], divide, 'positive'],
  ['negate', [[3]], negate],
  ['exp', [[5]], exp],
  ['log', [[5]], log, 'positive'],
  ['sqrt', [[5]], sqrt, 'positive'],
  ['abs', [[6]], abs],
  ['relu', [[6]], relu],
  ['sigmoid', [[5]], sigmoid],
  ['tanh', [[5]], tanh],
  ['softplus', [[5]], softplus],
  ['silu', [[5]], silu],
  ['reshape', [[2, 6]], (x) => reshape(x, [3, 4])],
  ['sum over an axis', [[2, 3, 2]], (x) => sum(x, [1])],
  ['sum of all', [[2, 3]], (x) => sum(x)],
  ['expand', [[2, 1]], (x) => expand(x, [3, 2, 4])],
  ['transpose', [[2, 3, 2]], (x) => transpose(x, [2, 0, 1])],
  ['swapLast', [[2, 3, 2]], swapLast],
  ['slice', [[2, 5]], (x) => slice(x, 1, 1, 4)],
  [
    'concatenate',
    [
      [2, 2],
      [2, 3],
    ],
    (a, b) => concatenate([a, b], 1),
  ],
  [
    'matMul',
    [
      [2, 3],
      [3, 4],
    ],
    matMul,
  ],
  [
    'matMul, broadcast batch',
    [
      [2, 2, 3],
      [3, 2],
    ],
    matMul,
  ],
  ['linear', [[3, 4], [2, 4], [2]], linear],
  [
    'linear without bias',
    [
      [3, 4],
      [2, 4],
    ],
    (x, w) => linear(x, w),
  ],
  ['softmax', [[2, 4]], softmax],
  ['logSoftmax', [[2, 4]], logSoftmax],
  ['gatherRows', [[4, 3]], (table) => gatherRows(table, integers([2, 0, 2, 3, 2]))],
  ['rmsNorm', [[3, 4], [4]], (x, s) => rmsNorm(x, s)],
  ['rotary', [[2, 3, 4]], (x) => rotary(x)],
  [
    'causalAttention',
    [
      [1, 2, 6, 4],
      [1, 2, 3, 4],
      [1, 2, 3, 4],
    ],
    causalAttention,
  ],
];

/** Values away from 0, where |x| and relu bend. */
function values(shape: Shape, seed: number, positive: boolean): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: sizeOf(shape) }, () => {
    const size = 0.3 + random.next();
    return positive || random.next() < 0.5 ? size : -size;
  });
}

describe('gradients equal central finite differences', () => {
  it.each(cases)('%s', async (_name, shapes, build, positive) => {
    const inputs = shapes.map((shape, index) => input(`x${index}`, shape));
    const result = build(...inputs);
    const mix = constant(values(result.shape, 99, false), result.shape);
    const loss = sum(multiply(result, mix));
    const outputs = Object.fromEntries(gradients(loss, inputs).map((it, index) => [`g${index}`, it]));
    const session = await openSession(emitModel({ loss, ...outputs }), { intraOpNumThreads: 1 });

    const fed = shapes.map((shape, index) => values(shape, index + 1, positive === 'positive'));
    const run = () =>
      session.run(Object.fromEntries(fed.map((data, index) => [`x${index}`, feed(data, shapes[index]!)])));
    const lossNow = async () => ((await run()).loss!.data as Float32Array)[0]!;

    const analytic = await run();
    const step = 1e-2;
    for (const [index, data] of fed.entries()) {
      const gradient = analytic[`g${index}`]!.data as Float32Array;
      expect(gradient.length).toBe(data.length);
      for (let at = 0; at < data.length; at++) {
        const centre = data[at]!;
        data[at] = centre + step;
        const above = await lossNow();
        data[at] = centre - step;
        const below = await lossNow();
        data[at] = centre;
        const numeric = (above - below) / (2 * step);
        const allowed = 3e-3 * Math.max(1, Math.abs(numeric));
        expect(Math.abs(numeric - gradient[at]!), `input ${index}, element ${at}`).toBeLessThan(allowed);
      }
    }
  });
});

it('names an operation that has no gradient', () => {
  const x = input('x', [2, 3]);
  expect(() => gradients(sum(argMax(x)), [x])).toThrow('ArgMax has no gradient');
});

it('answers zeros for what the loss does not depend on', async () => {
  const [x, other] = [input('x', [2]), input('other', [3])];
  const [gradient] = gradients(sum(x), [other]);
  const session = await openSession(emitModel({ gradient: gradient! }));
  expect([...((await session.run({})).gradient!.data as Float32Array)]).toEqual([0, 0, 0]);
});
