import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { retry, runWithRetry } from './retry.ts';
import { RetryConfig } from './retry-config.ts';

/** Fails `failures` times, then answers; remembers when it was called. */
const flaky = (failures: number, clock: ManualClock) => {
  const calledAtMs: number[] = [];
  const fn = async () => {
    calledAtMs.push(clock.monotonicMs());
    if (calledAtMs.length <= failures) throw new Error(`failure ${calledAtMs.length}`);
    return 'answer';
  };
  return { fn, calledAtMs };
};

describe('retry', () => {
  it('waits 1 s and 2 s and answers at the third call', async () => {
    const clock = new ManualClock();
    const { fn, calledAtMs } = flaky(2, clock);
    const answer = retry({ clock })(fn)();
    await clock.advance(10_000);
    expect(await answer).toBe('answer');
    expect(calledAtMs).toEqual([0, 1000, 3000]);
  });

  it('throws the last error once the attempts are used up', async () => {
    const clock = new ManualClock();
    const { fn, calledAtMs } = flaky(9, clock);
    const answer = expect(runWithRetry(fn, new RetryConfig(), { clock })).rejects.toThrow('failure 3');
    await clock.advance(10_000);
    await answer;
    expect(calledAtMs).toHaveLength(3);
    expect(clock.pendingTimers).toBe(0);
  });

  it('does not wait for an error that is not worth another try', async () => {
    const clock = new ManualClock();
    const { fn, calledAtMs } = flaky(1, clock);
    await expect(runWithRetry(fn, new RetryConfig(), { clock, retryIf: () => false })).rejects.toThrow('1');
    expect(calledAtMs).toHaveLength(1);
  });

  it('an abort ends the wait at once and the function is not called again', async () => {
    const clock = new ManualClock();
    const { fn, calledAtMs } = flaky(9, clock);
    const stop = new AbortController();
    const answer = expect(
      runWithRetry(fn, new RetryConfig(), { clock, signal: stop.signal }),
    ).rejects.toThrow('stop it');
    await clock.advance(500);
    stop.abort(new Error('stop it'));
    await answer;
    await clock.advance(60_000);
    expect(calledAtMs).toEqual([0]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('keeps this and the arguments', async () => {
    const shop = {
      price: 3,
      total: retry()(async function (this: { price: number }, count: number) {
        return this.price * count;
      }),
    };
    expect(await shop.total(4)).toBe(12);
  });

  it('calls min(failures + 1, attempts) times, whatever the strategy', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 1, max: 8 }),
        fc.constantFrom('linear', 'exponential', 'fibonacci', 'random'),
        async (failures, maxAttempts, strategy) => {
          const clock = new ManualClock();
          const { fn, calledAtMs } = flaky(failures, clock);
          const config = new RetryConfig({ maxAttempts, strategy });
          const outcome = runWithRetry(fn, config, { clock }).catch(() => 'gave up');
          await clock.advance(60_000 * maxAttempts);
          expect(await outcome).toBe(failures < maxAttempts ? 'answer' : 'gave up');
          expect(calledAtMs).toHaveLength(Math.min(failures + 1, maxAttempts));
        },
      ),
      { numRuns: 40 },
    );
  });
});
