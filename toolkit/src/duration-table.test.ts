import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DurationTable } from './duration-table.ts';

/** The value of the nearest rank. */
const exact = (values: number[], p: number) =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.floor((p / 100) * values.length + 0.5) - 1)]!;

describe('DurationTable', () => {
  it('keeps percentiles within 1 % of the value of that rank', () => {
    const duration = fc.oneof(
      fc.double({ min: 0.0002, max: 1, noNaN: true }),
      fc.double({ min: 0.01, max: 100_000, noNaN: true }),
      fc.constantFrom(0.5, 5, 50),
    );
    fc.assert(
      fc.property(fc.array(duration, { minLength: 1, maxLength: 300, size: 'max' }), (durations) => {
        const table = new DurationTable();
        for (const ms of durations) table.add('x', ms);
        const stats = table.stats('x')!;
        for (const [p, found] of [
          [50, stats.p50Ms],
          [95, stats.p95Ms],
          [99, stats.p99Ms],
        ] as const) {
          const expected = exact(durations, p);
          expect(Math.abs(found - expected)).toBeLessThanOrEqual(expected * 0.01 + 2e-6);
        }
        expect(stats.minMs).toBe(Math.min(...durations));
        expect(stats.maxMs).toBe(Math.max(...durations));
        expect(stats.count).toBe(durations.length);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses what is no duration', () => {
    const table = new DurationTable();
    for (const ms of [-1, Number.NaN, Infinity]) expect(() => table.add('x', ms)).toThrow(RangeError);
    expect(table.all()).toEqual({});
  });
});
