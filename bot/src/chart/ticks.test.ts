import fc from 'fast-check';
import { expect, it } from 'vitest';
import { niceTicks, wholeTicks } from './ticks.ts';

const range = fc
  .tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: 1e-3, max: 1e6, noNaN: true }))
  .map(([low, span]) => [low, low + span] as const);

it('covers the range, ascending, with a bearable number of ticks', () => {
  fc.assert(
    fc.property(range, fc.integer({ min: 2, max: 10 }), ([low, high], count) => {
      const ticks = niceTicks(low, high, count);
      const slack = (high - low) * 1e-6 + Math.abs(high) * 1e-9;
      expect(ticks[0]).toBeLessThanOrEqual(low + slack);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(high - slack);
      expect(ticks.length).toBeLessThanOrEqual(count + 3);
      for (const [index, tick] of ticks.slice(1).entries()) expect(tick).toBeGreaterThan(ticks[index]!);
    }),
  );
});

it.each([
  [0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]],
  [0.1, 0.35, 5, [0.1, 0.15, 0.2, 0.25, 0.3, 0.35]],
  [3, 3, 4, [3, 4]],
])('from %s to %s in about %s', (low, high, count, expected) => {
  expect(niceTicks(low, high, count)).toEqual(expected);
});

it('labels epochs with whole numbers inside the run', () => {
  expect(wholeTicks(1, 3, 8)).toEqual([1, 2, 3]);
  expect(wholeTicks(1, 200, 8)).toEqual([50, 100, 150, 200]);
  expect(wholeTicks(1, 1, 8)).toEqual([1]);
});
