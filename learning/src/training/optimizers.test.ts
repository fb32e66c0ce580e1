import { expect, it } from 'vitest';
import { emitModel } from '../autodiff/emit.ts';
import { input } from '../autodiff/tensor.ts';
import { feed, openSession } from '../runtime/session.ts';
import { clipNorm, type OptimizerName, optimizers } from './optimizers.ts';

const rate = 0.1;

/** One weight, stepped with the gradients given, by the published formulas. */
const formulas: Record<OptimizerName, (weight: number, gradients: number[]) => number> = {
  sgd: (weight, gradients) => gradients.reduce((w, g) => w - rate * g, weight),
  rmsprop(weight, gradients) {
    let [w, square] = [weight, 0];
    for (const g of gradients) {
      square = 0.99 * square + 0.01 * g * g;
      w -= (rate * g) / (Math.sqrt(square) + 1e-8);
    }
    return w;
  },
  adam: (weight, gradients) => adam(weight, gradients, 0),
  adamw: (weight, gradients) => adam(weight, gradients, 0.01),
};

function adam(weight: number, gradients: number[], decay: number): number {
  let [w, m, v] = [weight, 0, 0];
  for (const [index, g] of gradients.entries()) {
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    const [mHat, vHat] = [m / (1 - 0.9 ** (index + 1)), v / (1 - 0.999 ** (index + 1))];
    w = w * (1 - rate * decay) - (rate * mHat) / (Math.sqrt(vHat) + 1e-8);
  }
  return w;
}

it.each(Object.keys(formulas) as OptimizerName[])(
  '%s follows its formula over several steps',
  async (name) => {
    const optimizer = optimizers[name];
    const state = Array.from({ length: optimizer.stateVectors }, (_, index) => input(`s${index}`, [2]));
    const [weights, gradient] = [input('w', [2]), input('g', [2])];
    const next = optimizer.update({
      weights,
      gradient,
      state,
      learningRate: input('rate', []),
      step: input('step', []),
    });
    const outputs = Object.fromEntries(next.state.map((it, index) => [`s${index}_next`, it]));
    const session = await openSession(emitModel({ w_next: next.weights, ...outputs }), {
      intraOpNumThreads: 1,
    });

    const slopes = [0.5, -2, 0.25];
    let w = Float32Array.of(1, -3);
    let kept = state.map(() => new Float32Array(2));
    for (const [index, slope] of slopes.entries()) {
      const fed = Object.fromEntries(kept.map((it, at) => [`s${at}`, feed(it, [2])]));
      const scalars = { rate: feed(Float32Array.of(rate), []), step: feed(Float32Array.of(index + 1), []) };
      const results = await session.run({
        w: feed(w, [2]),
        g: feed(Float32Array.of(slope, -slope), [2]),
        ...scalars,
        ...fed,
      });
      w = Float32Array.from(results.w_next!.data as Float32Array);
      kept = kept.map((_, at) => Float32Array.from(results[`s${at}_next`]!.data as Float32Array));
    }
    expect(w[0]).toBeCloseTo(formulas[name](1, slopes), 5);
    expect(w[1]).toBeCloseTo(
      formulas[name](
        -3,
        slopes.map((it) => -it),
      ),
      5,
    );
  },
);

it.each([
  ['shortens a long gradient', [3, 4], [0.6, 0.8]],
  ['leaves a short one', [0.3, 0.4], [0.3, 0.4]],
  ['survives zeros', [0, 0], [0, 0]],
])('clipNorm %s', async (_name, given, expected) => {
  const session = await openSession(emitModel({ y: clipNorm(input('x', [2]), 1) }), { intraOpNumThreads: 1 });
  const { y } = await session.run({ x: feed(Float32Array.from(given), [2]) });
  const clipped = [...(y!.data as Float32Array)];
  for (const [at, value] of expected.entries()) expect(clipped[at]).toBeCloseTo(value, 5);
});
