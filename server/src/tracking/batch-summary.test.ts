import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketWidths, isAppending, isNewer, summarizeBatch } from './batch-summary.ts';
import type { Point } from './tracking.types.ts';

const point: fc.Arbitrary<Point> = fc.record({
  key: fc.constantFrom('a', 'b'),
  step: fc.integer({ min: -1000, max: 1e7 }),
  atMs: fc.integer({ min: 0, max: 5 }),
  value: fc.oneof(fc.double({ noNaN: true }), fc.constant(Number.NaN)),
});

describe('a batch', () => {
  it('is summed up as each of its points says', () => {
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 50 }), (points) => {
        for (const { key, points: count, firstStep, last, min, max, buckets } of summarizeBatch(points)) {
          const own = points.filter((one) => one.key === key);
          const finite = own.map(({ value }) => value).filter(Number.isFinite);
          expect(count).toBe(own.length);
          expect(firstStep).toBe(Math.min(...own.map(({ step }) => step)));
          expect(own.some((one) => isNewer(one, last))).toBe(false);
          expect([min, max]).toEqual(
            finite.length > 0 ? [Math.min(...finite), Math.max(...finite)] : [null, null],
          );
          for (const { level, bucket, min: low, max: high } of buckets) {
            const inside = own.filter(
              ({ step, value }) =>
                Math.floor(step / bucketWidths[level]!) === bucket && Number.isFinite(value),
            );
            expect(low.value).toBe(Math.min(...inside.map(({ value }) => value)));
            expect(high.value).toBe(Math.max(...inside.map(({ value }) => value)));
          }
        }
      }),
    );
  });

  it('only appends where no point of it can be there already', () => {
    const last = { step: 10, atMs: 0, value: 0 };
    const at = (step: number, value = 0): Point => ({ key: 'a', step, atMs: 0, value });
    expect(isAppending([at(11), at(12)], () => last)).toBe(true);
    expect(isAppending([at(11), at(11)], () => last)).toBe(false);
    expect(isAppending([at(10)], () => last)).toBe(false);
    expect(isAppending([at(10, 1)], () => last)).toBe(true);
    expect(isAppending([at(10, Number.NaN), at(10, Number.NaN)], () => last)).toBe(false);
  });
});
