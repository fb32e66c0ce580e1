import { expect, it } from 'vitest';
import { seededRandom } from './random.ts';

const many = (seed: number, draw: 'next' | 'normal') => {
  const random = seededRandom(seed);
  return Array.from({ length: 20_000 }, () => random[draw]());
};
const mean = (values: number[]) => values.reduce((total, it) => total + it, 0) / values.length;

it('repeats for a seed and differs between neighbouring seeds', () => {
  expect(many(7, 'next')).toEqual(many(7, 'next'));
  expect(many(7, 'next').slice(0, 3)).not.toEqual(many(8, 'next').slice(0, 3));
});

it('is uniform in 0..1, and normal', () => {
  const uniform = many(1, 'next');
  expect(uniform.every((it) => it >= 0 && it < 1)).toBe(true);
  expect(mean(uniform)).toBeCloseTo(0.5, 1);
  const normal = many(2, 'normal');
  expect(mean(normal)).toBeCloseTo(0, 1);
  expect(mean(normal.map((it) => it * it))).toBeCloseTo(1, 1);
});

it('shuffles without losing anything', () => {
  const order = seededRandom(3).shuffle(Array.from({ length: 50 }, (_, index) => index));
  expect(order).not.toEqual(order.toSorted((a, b) => a - b));
  expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index));
});
