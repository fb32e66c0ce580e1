import * as cockatiel from 'cockatiel';
import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { CircuitBreaker, CircuitOpenError } from './circuit-breaker.ts';

const threshold = 3;
const restMs = 100;
type Step = 'succeed' | 'fail' | 'wait';
const steps = fc.array(fc.constantFrom<Step>('succeed', 'fail', 'fail', 'wait'), {
  maxLength: 60,
  size: 'max',
});

/** The state machine, told in three variables. */
class Model {
  failures = 0;
  openUntilMs: number | undefined;

  state(nowMs: number) {
    if (this.openUntilMs === undefined) return 'closed';
    return nowMs < this.openUntilMs ? 'open' : 'half_open';
  }

  outcome(step: Step, nowMs: number) {
    const state = this.state(nowMs);
    if (state === 'open') return 'refused';
    if (step === 'succeed') {
      this.failures = 0;
      this.openUntilMs = undefined;
      return 'succeeded';
    }
    this.failures++;
    if (state === 'half_open' || this.failures >= threshold) this.openUntilMs = nowMs + restMs;
    return 'failed';
  }
}

const call = async (run: (fn: () => Promise<void>) => Promise<unknown>, step: Step) => {
  const fn = async () => {
    if (step === 'fail') throw new Error('failed');
  };
  try {
    await run(fn);
    return 'succeeded';
  } catch (error) {
    const refused = error instanceof CircuitOpenError || error instanceof cockatiel.BrokenCircuitError;
    return refused ? 'refused' : 'failed';
  }
};

afterEach(() => {
  vi.useRealTimers();
});

it('goes through the same states and outcomes as the model', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const clock = new ManualClock();
      const breaker = new CircuitBreaker({ failureThreshold: threshold, recoveryTimeoutMs: restMs, clock });
      const model = new Model();
      for (const step of script) {
        if (step === 'wait') clock.skip(40);
        else
          expect(await call((fn) => breaker.call(fn), step)).toBe(model.outcome(step, clock.monotonicMs()));
        expect(breaker.getState()).toBe(model.state(clock.monotonicMs()));
      }
    }),
  );
});

it('lets through and refuses the same calls as cockatiel, one after the other', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const clock = new ManualClock();
      const breaker = new CircuitBreaker({ failureThreshold: threshold, recoveryTimeoutMs: restMs, clock });
      const peer = cockatiel.circuitBreaker(cockatiel.handleAll, {
        halfOpenAfter: restMs,
        breaker: new cockatiel.ConsecutiveBreaker(threshold),
      });
      for (const step of script) {
        if (step === 'wait') {
          clock.skip(40);
          vi.setSystemTime(Date.now() + 40);
        } else
          expect(await call((fn) => breaker.call(fn), step)).toBe(await call((fn) => peer.execute(fn), step));
      }
    }),
  );
});
