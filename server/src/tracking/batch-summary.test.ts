import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarize } from './batch-summary.ts';
import { decode, mostPoints, pointsOf } from './chunks.ts';
import { distinct, isNewer, type Plotted } from './plotted.ts';
import type { Point } from './tracking.types.ts';

const point: fc.Arbitrary<Point> = fc.record({
  key: fc.constantFrom('a', 'b'),
  step: fc.oneof(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -(2 ** 52), max: 2 ** 52 })),
  atMs: fc.integer({ min: 0, max: 5 }),
  value: fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 0)),
});
const batches = fc.array(fc.array(point, { maxLength: 90, size: 'max' }), { maxLength: 5 });
const plain = ({ step, atMs, value }: Plotted): Plotted => ({ step, atMs, value });

describe('what several writers send at once', () => {
  it('is summed up as each of its points says, and is in its chunks once', () => {
    fc.assert(
      fc.property(batches, (given) => {
        const all = given.flat();
        const summaries = summarize(given);
        expect(summaries.map(({ key }) => key).sort()).toEqual(
          [...new Set(all.map(({ key }) => key))].sort(),
        );
        for (const { key, points, firstStep, first, last, min, max, chunks } of summaries) {
          const own = distinct(all.filter((one) => one.key === key)).map(plain);
          const finite = own.map(({ value }) => value).filter(Number.isFinite);
          expect([firstStep, points]).toEqual([own[0]!.step, own.length]);
          expect([first, last].map(plain)).toEqual([own[0], own.at(-1)]);
          expect([min, max]).toEqual(
            finite.length > 0 ? [Math.min(...finite), Math.max(...finite)] : [null, null],
          );
          const stored = chunks.flatMap(({ data }) => [...pointsOf(decode(data))]);
          expect(distinct(stored)).toEqual(own);
          expect(stored).toHaveLength(own.length);
        }
      }),
    );
  });

  it('is in chunks that ascend, are not too long, and know their ends and extremes', () => {
    fc.assert(
      fc.property(batches, (given) => {
        for (const { chunks } of summarize(given))
          for (const { firstStep, lastStep, points, low, high, data } of chunks) {
            const inside = [...pointsOf(decode(data))];
            expect(inside.every((one, index) => index === 0 || isNewer(one, inside[index - 1]!))).toBe(true);
            expect([inside[0]!.step, inside.at(-1)!.step, inside.length]).toEqual([
              firstStep,
              lastStep,
              points,
            ]);
            expect(points).toBeLessThanOrEqual(mostPoints);
            const values = inside.map(({ value }) => value).filter(Number.isFinite);
            expect(low?.value).toBe(values.length > 0 ? Math.min(...values) : undefined);
            expect(high?.value).toBe(values.length > 0 ? Math.max(...values) : undefined);
          }
      }),
    );
  });

  it('keeps long batches of different writers apart, and joins short ones', () => {
    const from = (step: number, count: number): Point[] =>
      Array.from({ length: count }, (_, index) => ({
        key: 'a',
        step: step + index,
        atMs: 0,
        value: step + index,
      }));
    const sizes = (...given: Point[][]) => summarize(given)[0]!.chunks.map(({ points }) => points);
    expect(sizes(from(0, 100), from(200, 100))).toEqual([100, 100]);
    expect(sizes(from(0, 1), from(5, 1), from(9, 3))).toEqual([5]);
    expect(sizes(from(0, 100), from(50, 100))).toEqual([150]);
    expect(sizes(from(0, 2500))).toEqual([1024, 1024, 452]);
  });
});
