import { expect, it } from 'vitest';
import { learningRateAt } from './schedule.ts';

it('keeps a constant rate', () => expect(learningRateAt('constant', 0.5, 3, 10)).toBe(0.5));

it('warms up, then falls to a tenth', () => {
  const at = (step: number) => learningRateAt('cosine', 1, step, 200);
  expect(at(1)).toBeCloseTo(0.1);
  expect(at(10)).toBe(1);
  expect(at(105)).toBeCloseTo(0.55);
  expect(at(200)).toBeCloseTo(0.1);
});

it('works for a run of one step', () => expect(learningRateAt('cosine', 1, 1, 1)).toBe(1));
