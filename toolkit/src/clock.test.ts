import { describe, expect, it } from 'vitest';
import { sleep, systemClock } from './clock.ts';
import { ManualClock } from './manual-clock.ts';

describe('system clock', () => {
  it('does not fire at once when asked to wait longer than a timer of Node can', async () => {
    let fired = false;
    const cancel = systemClock.after(2 ** 31 + 5, () => {
      fired = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    cancel();
    expect(fired).toBe(false);
  });
});

describe('sleep', () => {
  it('resolves at its time', async () => {
    const clock = new ManualClock();
    const seen: number[] = [];
    const done = sleep(100, { clock }).then(() => seen.push(clock.monotonicMs()));
    await clock.advance(99);
    expect(seen).toEqual([]);
    await clock.advance(5);
    await done;
    expect(seen).toEqual([100]);
  });

  it('ends at once with the reason of the signal and leaves no timer', async () => {
    const clock = new ManualClock();
    const stop = new AbortController();
    const waiting = sleep(1e9, { clock, signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    expect(clock.pendingTimers).toBe(0);
    await expect(sleep(1, { clock, signal: stop.signal })).rejects.toThrow('enough');
  });
});

describe('manual clock', () => {
  it('runs timers in order of time, each at its own moment, also those set on the way', async () => {
    const clock = new ManualClock();
    const seen: [string, number][] = [];
    clock.after(20, () => seen.push(['b', clock.monotonicMs()]));
    clock.after(10, () => {
      seen.push(['a', clock.monotonicMs()]);
      clock.after(5, () => seen.push(['c', clock.monotonicMs()]));
    });
    await clock.advance(30);
    expect(seen).toEqual([
      ['a', 10],
      ['c', 15],
      ['b', 20],
    ]);
  });

  it('keeps the monotonic reading when the wall jumps', () => {
    const clock = new ManualClock(1000);
    clock.jumpWall(-500);
    expect([clock.now(), clock.monotonicMs()]).toEqual([500, 0]);
  });
});
