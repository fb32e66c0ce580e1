import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { getPerformanceMonitor, PerformanceMonitor } from './performance-monitor.ts';

describe('PerformanceMonitor', () => {
  it('measures synchronous functions and leaves them synchronous', () => {
    const clock = new ManualClock();
    const monitor = new PerformanceMonitor({ clock });
    const timed = monitor.measureTime('add')((a: number, b: number) => {
      clock.skip(4);
      return a + b;
    });
    expect(timed(1, 2)).toBe(3);
    expect(monitor.getStats('add')).toMatchObject({ count: 1, totalMs: 4, avgMs: 4, p99Ms: 4 });
    expect(monitor.getStats('other')).toBeUndefined();
  });

  it('measures a promise until it settles, and failures as well', async () => {
    const clock = new ManualClock();
    const monitor = new PerformanceMonitor({ clock });
    const slow = monitor.measureTime('slow')(async () => {
      await Promise.resolve();
      clock.skip(50);
      throw new Error('late');
    });
    await expect(slow()).rejects.toThrow('late');
    const bad = monitor.measureTime('bad')(() => {
      clock.skip(2);
      throw new Error('early');
    });
    expect(bad).toThrow('early');
    expect(monitor.getAllStats()).toMatchObject({
      slow: { count: 1, maxMs: 50 },
      bad: { count: 1, maxMs: 2 },
    });
  });

  it('is one per program when asked for so', () => {
    expect(getPerformanceMonitor()).toBe(getPerformanceMonitor());
  });
});
