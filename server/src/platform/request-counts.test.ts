import { expect, it } from 'vitest';
import { RequestCounts } from './request-counts.ts';

it('lets so many through in a window, and says how long the rest is to wait', () => {
  const counts = new RequestCounts(2, 1_000);
  expect([counts.count('a', 100), counts.count('a', 200), counts.count('a', 300)]).toEqual([0, 0, 800]);
  expect(counts.count('b', 300)).toBe(0);
  expect(counts.count('a', 1_099)).toBe(1);
  expect(counts.count('a', 1_100)).toBe(0);
});

it('forgets who was first when there are too many', () => {
  const counts = new RequestCounts(1, 1_000, 2);
  for (const asker of ['a', 'b', 'c']) counts.count(asker, 0);
  expect(counts.count('c', 1)).toBeGreaterThan(0);
  expect(counts.count('a', 1)).toBe(0);
});
