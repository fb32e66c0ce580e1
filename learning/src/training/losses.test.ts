import { describe, expect, it } from 'vitest';
import { emitModel } from '../autodiff/emit.ts';
import { gradients } from '../autodiff/gradients.ts';
import { input } from '../autodiff/tensor.ts';
import { feed, openSession } from '../runtime/session.ts';
import { type LossFunction, rowLosses, rowScores, type Target, weightedMean } from './losses.ts';

const softmax = (row: number[]) => {
  const powers = row.map(Math.exp);
  const total = powers.reduce((sum, it) => sum + it, 0);
  return powers.map((it) => it / total);
};
const mean = (values: number[]) => values.reduce((sum, it) => sum + it, 0) / values.length;
const truth = (row: number[], label: number) => row.map((_, index) => Number(index === label));

/** The definitions once more, over plain numbers. */
const definitions: Record<
  Target,
  Partial<Record<LossFunction, (row: number[], target: number) => number>>
> = {
  classes: {
    cross_entropy: (row, label) => -Math.log(softmax(row)[label]!),
    bce: (row, label) =>
      mean(
        row.map((s, index) => -Math.log(index === label ? 1 / (1 + Math.exp(-s)) : 1 / (1 + Math.exp(s)))),
      ),
    mse: (row, label) => mean(softmax(row).map((p, index) => (p - truth(row, label)[index]!) ** 2)),
    mae: (row, label) => mean(softmax(row).map((p, index) => Math.abs(p - truth(row, label)[index]!))),
  },
  numbers: {
    mse: (row, target) => (row[0]! - target) ** 2,
    mae: (row, target) => Math.abs(row[0]! - target),
  },
};
const data = {
  classes: { scores: [0.3, -1.2, 0.8, 1.5, 0.1, -0.4, 9, 9, 9], targets: [2, 0, 1], width: 3 },
  numbers: { scores: [0.3, -1.2, 9], targets: [1, -2, 0], width: 1 },
};
const cases = (['classes', 'numbers'] as const).flatMap((target) =>
  (Object.keys(definitions[target]) as LossFunction[]).map((loss) => [target, loss] as const),
);

/** Mean loss over the first two rows by the definition; the third weighs nothing. */
function expected(target: Target, loss: LossFunction, scores: number[]): number {
  const { targets, width } = data[target];
  const rows = [0, 1].map((row) => scores.slice(row * width, (row + 1) * width));
  return mean(rows.map((row, index) => definitions[target][loss]!(row, targets[index]!)));
}

describe.each(cases)('%s: %s', (target, loss) => {
  it('follows its definition, its gradient finite differences, and ignores rows of weight 0', async () => {
    const { scores, targets, width } = data[target];
    const x = input('x', [3, width]);
    const y = input('y', [3], target === 'classes' ? 'int64' : 'float32');
    const value = weightedMean(rowLosses(loss, target, x, y), input('w', [3]));
    const [gradient] = gradients(value, [x]);
    const session = await openSession(emitModel({ value, gradient: gradient! }), { intraOpNumThreads: 1 });
    const results = await session.run({
      x: feed(Float32Array.from(scores), [3, width]),
      y: feed(target === 'classes' ? BigInt64Array.from(targets, BigInt) : Float32Array.from(targets), [3]),
      w: feed(Float32Array.of(1, 1, 0), [3]),
    });
    expect(results.value!.data[0]).toBeCloseTo(expected(target, loss, scores), 5);
    for (const [at, slope] of [...(results.gradient!.data as Float32Array)].entries()) {
      const moved = (by: number) => expected(target, loss, scores.with(at, scores[at]! + by));
      expect(slope, `element ${at}`).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 4);
    }
  });
});

it('refuses losses that need classes for numbers', () => {
  const [x, y] = [input('x', [3, 1]), input('y', [3])];
  expect(() => rowLosses('bce', 'numbers', x, y)).toThrow('no meaning for numbers');
});

it('scores classes by being right and numbers by squared error', async () => {
  const [x, label, y] = [input('x', [2, 2]), input('label', [2], 'int64'), input('y', [2])];
  const one = input('one', [2, 1]);
  const model = emitModel({ right: rowScores('classes', x, label), squares: rowScores('numbers', one, y) });
  const session = await openSession(model, { intraOpNumThreads: 1 });
  const results = await session.run({
    x: feed(Float32Array.of(1, 2, 2, 1), [2, 2]),
    label: feed(BigInt64Array.of(1n, 1n), [2]),
    one: feed(Float32Array.of(3, 1), [2, 1]),
    y: feed(Float32Array.of(1, 2), [2]),
  });
  expect([...(results.right!.data as Float32Array)]).toEqual([1, 0]);
  expect([...(results.squares!.data as Float32Array)]).toEqual([4, 1]);
});
