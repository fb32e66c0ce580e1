import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MetricsCollector } from './metrics-collector.ts';

const values = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), {
  minLength: 1,
  maxLength: 200,
  size: 'max',
});

describe('MetricsCollector', () => {
  it('tells what the kept samples say', () => {
    const collector = new MetricsCollector();
    for (let i = 1; i <= 101; i++) collector.record('ms', 102 - i);
    expect(collector.getStats('ms')).toEqual({
      count: 101,
      min: 1,
      max: 101,
      avg: 51,
      latest: 1,
      p50: 51,
      p95: 96,
      p99: 100,
    });
    expect(collector.getStats('other')).toBeUndefined();
  });

  it('keeps the newest samples of each name only', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 50 }), (all, maxSamples) => {
        const collector = new MetricsCollector({ maxSamples });
        for (const value of all) collector.record('x', value);
        const kept = all.slice(-maxSamples);
        const stats = collector.getStats('x')!;
        expect(stats.count).toBe(kept.length);
        expect([stats.min, stats.max, stats.latest]).toEqual([
          Math.min(...kept),
          Math.max(...kept),
          kept.at(-1),
        ]);
        expect(stats.avg).toBeCloseTo(kept.reduce((a, b) => a + b) / kept.length, 3);
      }),
    );
  });

  it('percentiles lie between the two nearest ranks, and rise', () => {
    fc.assert(
      fc.property(values, (all) => {
        const collector = new MetricsCollector();
        for (const value of all) collector.record('x', value);
        const stats = collector.getStats('x')!;
        const sorted = all.toSorted((a, b) => a - b);
        for (const [p, found] of [
          [50, stats.p50],
          [95, stats.p95],
          [99, stats.p99],
        ] as const) {
          const position = (p / 100) * (sorted.length - 1);
          expect(found).toBeGreaterThanOrEqual(sorted[Math.floor(position)]!);
          expect(found).toBeLessThanOrEqual(sorted[Math.ceil(position)]!);
        }
        expect(stats.p50 <= stats.p95 && stats.p95 <= stats.p99).toBe(true);
      }),
    );
  });

  it('bounds the number of names, and refuses what is no number', () => {
    const collector = new MetricsCollector({ maxNames: 2 });
    for (const name of ['a', 'b', 'a', 'c']) collector.record(name, 1);
    expect(collector.listNames()).toEqual(['a', 'c']);
    expect(Object.keys(collector.getAllStats())).toEqual(['a', 'c']);
    for (const value of [Number.NaN, Infinity])
      expect(() => collector.record('a', value)).toThrow(RangeError);
    expect(() => new MetricsCollector({ maxSamples: 0 })).toThrow(RangeError);
  });
});
