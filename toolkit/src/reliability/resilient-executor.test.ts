import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { CircuitOpenError } from './circuit-breaker.ts';
import { getResilientExecutor, ResilientExecutor } from './resilient-executor.ts';

describe('ResilientExecutor', () => {
  it('tells the result, the attempts and the time', async () => {
    const clock = new ManualClock();
    const executor = new ResilientExecutor({ clock });
    let calls = 0;
    const execution = executor.execute(
      async (a: number, b: number) => {
        if (++calls < 3) throw new Error('not yet');
        return a * b;
      },
      6,
      7,
    );
    await clock.advance(5000);
    expect(await execution).toEqual({ success: true, result: 42, attempts: 3, executionTimeMs: 3000 });
  });

  it('never rejects: a failure is an answer', async () => {
    const executor = new ResilientExecutor({ retry: { maxAttempts: 1 } });
    const execution = await executor.execute(() => {
      throw new Error('no');
    });
    expect(execution).toMatchObject({ success: false, attempts: 1, error: new Error('no') });
  });

  it('stops trying once the circuit is open, and makes no call while it is', async () => {
    const clock = new ManualClock();
    const executor = new ResilientExecutor({
      clock,
      retry: { maxAttempts: 10, initialDelayMs: 1 },
      breaker: { failureThreshold: 2 },
    });
    const bad = () => Promise.reject(new Error('no'));
    const first = executor.execute(bad);
    await clock.advance(5000);
    expect(await first).toMatchObject({ success: false, attempts: 2 });
    const second = await executor.execute(bad);
    expect(second).toMatchObject({ success: false, attempts: 0 });
    expect(second.success === false && second.error).toBeInstanceOf(CircuitOpenError);
  });

  it('an abort ends the wait between tries', async () => {
    const clock = new ManualClock();
    const stop = new AbortController();
    const executor = new ResilientExecutor({ clock });
    const execution = executor.run(() => Promise.reject(new Error('no')), { signal: stop.signal });
    await clock.advance(10);
    stop.abort();
    expect(await execution).toMatchObject({ success: false, attempts: 1 });
    expect(clock.pendingTimers).toBe(0);
  });

  it('is one per program when asked for so', () => {
    expect(getResilientExecutor()).toBe(getResilientExecutor());
  });
});
