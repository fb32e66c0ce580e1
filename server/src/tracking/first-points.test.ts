import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FirstPoints } from './first-points.ts';
import { distinct, type Plotted } from './plotted.ts';

const point: fc.Arbitrary<Plotted> = fc.record({
  step: fc.integer({ min: -3, max: 40 }),
  atMs: fc.integer({ min: 0, max: 40 }),
  value: fc.constantFrom(0, 1, Number.NaN),
});

it('keeps the first of points in whatever order, and says when no later step can change them', () => {
  const points = fc.array(point, { maxLength: 3000, size: 'max' });
  fc.assert(
    fc.property(
      points,
      fc.integer({ min: 1, max: 2500 }),
      fc.integer({ min: -3, max: 40 }),
      (all, most, step) => {
        const first = new FirstPoints(most);
        for (const one of all) first.add(one);
        const wanted = distinct(all).slice(0, most);
        expect(first.areAllBefore(step)).toBe(wanted.length === most && wanted.at(-1)!.step < step);
        expect(first.result()).toEqual(wanted);
      },
    ),
    { numRuns: 50 },
  );
});
