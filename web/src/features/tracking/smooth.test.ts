import fc from 'fast-check';
import { expect, test } from 'vitest';
import { smoothed } from './smooth.ts';

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const weight = fc.double({ min: 0, max: 0.99, noNaN: true });

test('a constant stays what it is', () => {
  fc.assert(
    fc.property(value, weight, fc.integer({ min: 1, max: 50 }), (constant, by, length) => {
      for (const one of smoothed(Array(length).fill(constant), by)) expect(one).toBeCloseTo(constant, 3);
    }),
  );
});

test('never leaves the range of what was measured, and begins with the first value', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 50, size: 'max' }), weight, (values, by) => {
      const line = smoothed(values, by) as number[];
      expect(line[0]).toBeCloseTo(values[0]!, 3);
      const slack = 1e-6 * (1 + Math.max(...values.map(Math.abs)));
      expect(Math.min(...line)).toBeGreaterThanOrEqual(Math.min(...values) - slack);
      expect(Math.max(...line)).toBeLessThanOrEqual(Math.max(...values) + slack);
    }),
  );
});

test('gaps stay gaps', () => {
  expect(smoothed([1, null, 1], 0.9)).toEqual([1, null, expect.closeTo(1, 9)]);
  expect(smoothed([1, null, 3], 0)).toEqual([1, null, 3]);
});
