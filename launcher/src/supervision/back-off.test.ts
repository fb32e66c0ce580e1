import { expect, test } from 'vitest';
import { backOffMs, countFailures } from './back-off.ts';

const never = { wasReady: false, livedMs: 50 };

test('starts fast, doubles, and stays at ten seconds', () => {
  const delays = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1000].map((n) => backOffMs(n, never));
  expect(delays).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]);
});

test('a program that had come up is back within a second, however often it is killed', () => {
  expect(backOffMs(20, { wasReady: true, livedMs: 2_000 })).toBe(1_000);
});

test('half a minute of health is a new beginning', () => {
  expect(countFailures(7, { wasReady: true, livedMs: 30_000 })).toBe(1);
  expect(countFailures(7, { wasReady: true, livedMs: 29_999 })).toBe(8);
  expect(countFailures(7, { wasReady: false, livedMs: 60_000 })).toBe(8);
});
