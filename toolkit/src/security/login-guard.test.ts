import { expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { LoginGuard } from './login-guard.ts';

it('locks for 15 minutes after five failures in a row, that key only', () => {
  const clock = new ManualClock();
  const guard = new LoginGuard(undefined, { clock });
  const fail = (times: number) => {
    for (let i = 0; i < times; i++) guard.recordFailure('ann 10.0.0.1');
  };
  fail(4);
  guard.recordSuccess('ann 10.0.0.1');
  fail(4);
  expect(guard.check('ann 10.0.0.1')).toEqual({ allowed: true });
  fail(1);
  expect(guard.check('ann 10.0.0.1')).toEqual({ allowed: false, retryAfterMs: 900_000 });
  expect(guard.check('ann 10.0.0.2')).toEqual({ allowed: true });
  clock.skip(900_000);
  expect(guard.check('ann 10.0.0.1')).toEqual({ allowed: true });
  fail(4);
  expect(guard.check('ann 10.0.0.1').allowed).toBe(true);
});
