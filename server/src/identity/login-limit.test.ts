import { expect, it } from 'vitest';
import { LoginLimit } from './login-limit.ts';

const minute = 60_000;

it('doubles the wait from one minute to fifteen, and stays there', () => {
  const limit = new LoginLimit();
  const waits: number[] = [];
  let now = 0;
  for (let i = 0; i < 10; i += 1) {
    limit.begin('address', 'account', now);
    const { waitMs } = limit.begin('address', 'account', now);
    if (waitMs > 0) waits.push(waitMs / minute);
    now += waitMs;
  }
  expect(waits.slice(0, 6)).toEqual([1, 2, 4, 8, 15, 15]);
});

it('starts afresh after a right password, and after a quiet quarter of an hour', () => {
  const limit = new LoginLimit();
  for (let i = 0; i < 2; i += 1) limit.begin('a', 'x', 0);
  limit.succeed('a', 'x');
  for (let i = 0; i < 3; i += 1) expect(limit.begin('a', 'x', 0).waitMs).toBe(0);
  expect(limit.begin('a', 'x', 0).waitMs).toBe(minute);
  expect(limit.begin('a', 'x', 17 * minute).waitMs).toBe(0);
  expect(limit.begin('a', 'x', 17 * minute).waitMs).toBe(0);
});

it('does not count right passwords as guesses', () => {
  const limit = new LoginLimit();
  for (let i = 0; i < 30; i += 1) {
    expect(limit.begin('a', 'x', 0).delayMs).toBe(0);
    limit.succeed('a', 'x');
  }
});

it('only slows an account that many addresses try', () => {
  const limit = new LoginLimit();
  for (let i = 0; i < 10; i += 1) expect(limit.begin(`a${i}`, 'x', 0)).toEqual({ waitMs: 0, delayMs: 0 });
  expect(limit.begin('owner', 'x', 0)).toEqual({ waitMs: 0, delayMs: 2000 });
  expect(limit.begin('owner', 'other account', 0).delayMs).toBe(0);
});
