import { expect, it } from 'vitest';
import { initialWeights } from '../models/parameters.ts';
import { perceptron } from '../models/perceptron.ts';
import { seededRandom } from '../random.ts';
import { openAccumulatingStepper } from './accumulating-stepper.ts';
import type { Objective } from './graphs.ts';
import { optimizers } from './optimizers.ts';
import type { Batch } from './problem.ts';
import { openStepper } from './stepper.ts';

const model = perceptron({ hidden: [5] }, 3, 2);
const objective = (rows: number): Objective => ({
  model,
  loss: 'cross_entropy',
  target: 'classes',
  x: { type: 'float32', shape: [rows, 3] },
  rows,
});
const random = seededRandom(1);
const x = Float32Array.from({ length: 18 }, () => random.normal());
const targets = BigInt64Array.of(0n, 1n, 1n, 0n, 1n, 0n);
const ones = (count: number, size = count) => new Float32Array(size).fill(1, 0, count);

/** Six rows, whole; and in two parts of four, of which the second is half empty. */
const whole: Batch = { x, targets, rowWeights: ones(6), weight: 6, share: 1 };
const parts: Batch[] = [
  { x: x.slice(0, 12), targets: targets.slice(0, 4), rowWeights: ones(4), weight: 4, share: 4 / 6 },
  {
    x: Float32Array.from([...x.slice(12), 9, 9, 9, 9, 9, 9]),
    targets: BigInt64Array.of(1n, 0n, 0n, 0n),
    rowWeights: ones(2, 4),
    weight: 2,
    share: 2 / 6,
  },
];

it('steps as if the parts had been one batch', async () => {
  const start = initialWeights(model.parameters, seededRandom(2));
  const options = { intraOpNumThreads: 1, clip: 1 };
  const direct = await openStepper(objective(6), optimizers.adam, { vectors: [start], steps: 0 }, options);
  const split = await openAccumulatingStepper(
    objective(4),
    optimizers.adam,
    { vectors: [start], steps: 0 },
    { ...options, parts: 2 },
  );
  for (let step = 0; step < 3; step++) {
    const { loss, score } = await direct.step(whole, 0.1);
    const first = await split.step(parts[0]!, 0.1);
    const second = await split.step(parts[1]!, 0.1);
    expect((first.loss * 4 + second.loss * 2) / 6).toBeCloseTo(loss, 5);
    expect(first.score + second.score).toBe(score);
  }
  for (const [at, weight] of direct.weights.entries()) expect(split.weights[at]).toBeCloseTo(weight, 4);
  expect(direct.weights).not.toEqual(start);
  await direct.close();
  await split.close();
});
