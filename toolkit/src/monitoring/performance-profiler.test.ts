import { expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { PerformanceProfiler } from './performance-profiler.ts';

it('keeps statistics by name, of given durations and of calls', async () => {
  const clock = new ManualClock();
  const profiler = new PerformanceProfiler({ clock });
  profiler.measure('operation', 500);
  profiler.measure('operation', 1500);
  const call = profiler.time('call', async () => {
    clock.skip(20);
    return 'done';
  });
  expect(await call).toBe('done');
  const failing = profiler.time('call', () => {
    clock.skip(40);
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(profiler.getPerformanceStats('operation')).toMatchObject({
    count: 2,
    minMs: 500,
    maxMs: 1500,
    avgMs: 1000,
  });
  expect(profiler.getAllStats().call).toMatchObject({ count: 2, totalMs: 60 });
  expect(profiler.getPerformanceStats('other')).toBeUndefined();
});
