import { expect, test } from 'vitest';
import { addSample, type Sample, speedOf } from './pull-speed.ts';

const from = (...all: [atMs: number, done: number][]) =>
  all.reduce<readonly Sample[]>((samples, [atMs, done]) => addSample(samples, { atMs, done }), []);

test('one reading tells no speed, two a second apart do', () => {
  expect(speedOf(from([0, 0]))).toBeUndefined();
  expect(speedOf(from([0, 0], [100, 900]))).toBeUndefined();
  expect(speedOf(from([0, 0], [1000, 5000]))).toBe(5000);
});

test('what was fast long ago does not count', () => {
  expect(speedOf(from([0, 0], [1000, 1_000_000], [10_000, 1_001_000], [30_000, 1_002_000]))).toBeUndefined();
  expect(speedOf(from([0, 0], [20_000, 1000], [21_000, 2000]))).toBe(1000);
});

test('a pull that begins anew is measured anew', () => {
  expect(from([0, 0], [1000, 9000], [2000, 10])).toEqual([{ atMs: 2000, done: 10 }]);
});
