import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { BatchProcessor } from './batch-processor.ts';

describe('BatchProcessor', () => {
  it('returns the batch with its tenth item', () => {
    const processor = new BatchProcessor<number>();
    const returned = Array.from({ length: 10 }, (_, i) => processor.addItem(i));
    expect(returned.slice(0, 9).every((batch) => batch === undefined)).toBe(true);
    expect(returned[9]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(processor.size).toBe(0);
  });

  it('hands out a partial batch on demand', () => {
    const processor = new BatchProcessor<string>();
    processor.addItem('a');
    expect(processor.flush()).toEqual(['a']);
    expect(processor.flush()).toEqual([]);
  });

  it('trap: the timeout fires, 5 s after the first item', async () => {
    const clock = new ManualClock();
    const timedOut: [number, string[]][] = [];
    const processor = new BatchProcessor<string>({
      clock,
      onTimeout: (batch) => timedOut.push([clock.monotonicMs(), batch]),
    });
    processor.addItem('a');
    await clock.advance(3000);
    processor.addItem('b');
    await clock.advance(10_000);
    expect(timedOut).toEqual([[5000, ['a', 'b']]]);
    processor.addItem('c');
    await clock.advance(5000);
    expect(timedOut[1]).toEqual([18_000, ['c']]);
  });

  it('hands an overdue batch to the next call when nobody listens', async () => {
    const clock = new ManualClock();
    const processor = new BatchProcessor<string>({ clock });
    processor.addItem('a');
    await clock.advance(5000);
    expect(processor.addItem('b')).toEqual(['a', 'b']);
    expect(processor.addItem('c')).toBeUndefined();
  });

  it('hands out every item once and in order, and leaves no timer', async () => {
    const step = fc.oneof(fc.constant('add'), fc.constant('flush'), fc.integer({ min: 1, max: 8000 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40, size: 'max' }),
        fc.integer({ min: 1, max: 6 }),
        async (script, batchSize) => {
          const clock = new ManualClock();
          const out: number[] = [];
          const take = (batch: number[] = []) => {
            expect(batch.length).toBeLessThanOrEqual(batchSize);
            out.push(...batch);
          };
          const processor = new BatchProcessor<number>({ batchSize, clock, onTimeout: take });
          let added = 0;
          for (const s of script) {
            if (s === 'add') take(processor.addItem(added++));
            else if (s === 'flush') take(processor.flush());
            else await clock.advance(s as number);
          }
          take(processor.flush());
          expect(out).toEqual(Array.from({ length: added }, (_, i) => i));
          expect(clock.pendingTimers).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
    expect(() => new BatchProcessor({ batchSize: 0 })).toThrow(RangeError);
  });
});
