import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';

it('stays between nothing and the ceiling, whatever the attempt', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.double({ min: 0, max: 0.999999, noNaN: true }), (attempt, random) => {
      const ms = backoffMs(attempt, { random: () => random });
      expect(ms).toBeGreaterThanOrEqual(0);
      expect(ms).toBeLessThanOrEqual(Math.min(15_000, 200 * 2 ** Math.min(attempt, 30)));
    }),
  );
});

it('doubles its ceiling up to 15 s', () => {
  const highest = [0, 1, 2, 6, 7, 50].map((attempt) => backoffMs(attempt, { random: () => 1 }));
  expect(highest).toEqual([200, 400, 800, 12_800, 15_000, 15_000]);
});
