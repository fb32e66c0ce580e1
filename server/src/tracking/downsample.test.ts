import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { downsample } from './downsample.ts';
import type { Plotted } from './plotted.ts';

const value = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY));
const line = fc
  .uniqueArray(fc.integer({ min: -1e6, max: 1e9 }), { maxLength: 400 })
  .chain((steps) =>
    fc.tuple(
      fc.constant(steps.sort((a, b) => a - b)),
      fc.array(value, { minLength: steps.length, maxLength: steps.length }),
    ),
  )
  .map(([steps, values]): Plotted[] =>
    steps.map((step, index) => ({ step, atMs: step, value: values[index]! })),
  );

describe('downsample', () => {
  it('gives back what is short enough', () => {
    fc.assert(
      fc.property(line, (points) => {
        expect(downsample(points, points.length + 1)).toEqual(points);
      }),
    );
  });

  it('gives points of the line, in order, no more than asked, with its first, last, lowest and highest', () => {
    fc.assert(
      fc.property(line, fc.integer({ min: 10, max: 100 }), (points, most) => {
        const kept = downsample(points, most);
        expect(kept.length).toBeLessThanOrEqual(most);
        expect(points).toEqual(expect.arrayContaining(kept));
        expect(kept.every(({ step }, index) => index === 0 || step > kept[index - 1]!.step)).toBe(true);
        if (points.length === 0) return;
        expect([kept[0], kept.at(-1)]).toEqual([points[0], points.at(-1)]);
        const finite = (of: Plotted[]) => of.map((point) => point.value).filter(Number.isFinite);
        expect(Math.min(...finite(kept))).toBe(Math.min(...finite(points)));
        expect(Math.max(...finite(kept))).toBe(Math.max(...finite(points)));
      }),
    );
  });
});
