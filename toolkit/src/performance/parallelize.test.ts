import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { parallelize, split } from './parallelize.ts';
import { ThreadPool } from './thread-pool.ts';

const pool = new ThreadPool({ maxWorkers: 2 });
afterAll(() => pool.terminate());

describe('parallelize', () => {
  it('keeps the order, on threads', async () => {
    const items = Array.from({ length: 101 }, (_, i) => i);
    const squares = parallelize({ pool })((part: number[]) => part.map((x) => x ** 2));
    expect(await squares(items)).toEqual(items.map((x) => x ** 2));
    expect(await squares([])).toEqual([]);
    const threads = await parallelize({ numWorkers: 3 })(async (part: number[]) => {
      const { isMainThread } = process.getBuiltinModule('node:worker_threads');
      return part.map(() => isMainThread);
    })([1, 2, 3]);
    expect(threads).toEqual([false, false, false]);
  });

  it('fails with the part that failed, and ends the others', async () => {
    const work = parallelize({ pool, numWorkers: 2 })((part: number[]) => {
      if (part.includes(0)) throw new Error('zero');
      for (;;);
    });
    await expect(work([0, 1])).rejects.toThrow('zero');
    expect(await pool.submit(() => 'free again').result()).toBe('free again');
  });

  it('ends with the signal', async () => {
    const stop = new AbortController();
    const work = parallelize({ pool, signal: stop.signal })(() => {
      for (;;);
    });
    const running = expect(work([1, 2])).rejects.toMatchObject({ name: 'AbortError' });
    stop.abort();
    await running;
  });

  it('cuts a list into nearly equal runs that join to the list', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.integer({ min: 1, max: 9 }), (items, parts) => {
        const runs = split(items, parts);
        expect(runs.flat()).toEqual(items);
        const sizes = runs.map((run) => run.length);
        if (items.length > 0) expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
