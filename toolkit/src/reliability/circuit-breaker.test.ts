import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { CircuitBreaker, CircuitOpenError, circuitBreaker } from './circuit-breaker.ts';

const ok = async () => 'ok';
const bad = async () => {
  throw new Error('bad');
};
const fail = (breaker: CircuitBreaker, times: number) =>
  Promise.all(Array.from({ length: times }, () => breaker.call(bad).catch((e: Error) => e.message)));

const opened = async () => {
  const clock = new ManualClock();
  const breaker = new CircuitBreaker({ clock });
  await fail(breaker, 5);
  return { clock, breaker };
};

describe('CircuitBreaker', () => {
  it('opens at the fifth failure in a row and refuses for 60 s', async () => {
    const { clock, breaker } = await opened();
    expect(breaker.getState()).toBe('open');
    clock.skip(59_999);
    const refused = await breaker.call(ok).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(CircuitOpenError);
    expect(refused).toMatchObject({ code: 'circuit.open', retryAfterMs: 1 });
    clock.skip(1);
    expect(breaker.getState()).toBe('half_open');
    expect(await breaker.call(ok)).toBe('ok');
    expect(breaker.getState()).toBe('closed');
  });

  it('trap: getState answers after a failure', async () => {
    const breaker = new CircuitBreaker();
    await fail(breaker, 1);
    expect(breaker.getState()).toBe('closed');
    await fail(breaker, 4);
    expect(breaker.getState()).toBe('open');
  });

  it('trap: a success in the closed state clears the count', async () => {
    const breaker = new CircuitBreaker();
    for (let i = 0; i < 3; i++) {
      await fail(breaker, 4);
      await breaker.call(ok);
    }
    expect(breaker.getState()).toBe('closed');
    await fail(breaker, 5);
    expect(breaker.getState()).toBe('open');
  });

  it('lets one trial call through in half-open and refuses the others at once', async () => {
    const { clock, breaker } = await opened();
    clock.skip(60_000);
    const { promise, resolve } = Promise.withResolvers<string>();
    const trial = breaker.call(() => promise);
    await expect(breaker.call(ok)).rejects.toThrow(CircuitOpenError);
    resolve('back');
    expect(await trial).toBe('back');
    expect(await breaker.call(ok)).toBe('ok');
  });

  it('a failed trial opens it for another 60 s', async () => {
    const { clock, breaker } = await opened();
    clock.skip(60_000);
    await fail(breaker, 1);
    expect(breaker.getState()).toBe('open');
    clock.skip(59_999);
    expect(breaker.getState()).toBe('open');
    clock.skip(1);
    expect(breaker.getState()).toBe('half_open');
  });

  it('an aborted trial says nothing and frees its place', async () => {
    const { clock, breaker } = await opened();
    clock.skip(60_000);
    const aborted = breaker.call(async () => AbortSignal.abort().throwIfAborted());
    await expect(aborted).rejects.toThrow('aborted');
    expect(breaker.getState()).toBe('half_open');
    expect(await breaker.call(ok)).toBe('ok');
  });

  it('drops the outcome of a call that began before the circuit changed', async () => {
    const clock = new ManualClock();
    const breaker = new CircuitBreaker({ clock });
    const slow = Promise.withResolvers<string>();
    const late = breaker.call(() => slow.promise);
    await fail(breaker, 5);
    slow.resolve('late');
    expect(await late).toBe('late');
    expect(breaker.getState()).toBe('open');
  });

  it('counts an error that is no failure as an answer', async () => {
    const breaker = new CircuitBreaker({ failureThreshold: 1, isFailure: () => false });
    await fail(breaker, 3);
    expect(breaker.getState()).toBe('closed');
  });

  it('takes synchronous functions, tells of changes, and resets', async () => {
    const seen: string[] = [];
    const breaker = new CircuitBreaker({ failureThreshold: 1, onStateChange: (state) => seen.push(state) });
    expect(await breaker.call((a: number, b: number) => a + b, 2, 3)).toBe(5);
    await fail(breaker, 1);
    breaker.reset();
    expect(seen).toEqual(['open', 'closed']);
    expect(() => new CircuitBreaker({ failureThreshold: 0 })).toThrow(RangeError);
  });

  it('wraps a function', async () => {
    const guarded = circuitBreaker({ failureThreshold: 1 })(bad);
    await expect(guarded()).rejects.toThrow('bad');
    await expect(guarded()).rejects.toThrow(CircuitOpenError);
  });
});
