import { expect, test } from 'vitest';
import { columnTexts, firstOf } from './dataset-facts.ts';

test('columns carry their types where the format has them', () => {
  expect(columnTexts(['a', 'b'], ['INT64', 'DOUBLE'])).toEqual(['a (INT64)', 'b (DOUBLE)']);
  expect(columnTexts(['a', 'b'], [])).toEqual(['a', 'b']);
});

test('a long list is cut and says by how much', () => {
  const andMore = (n: number) => `and ${n} more`;
  expect(firstOf(['a', 'b', 'c'], 3, andMore)).toBe('a, b, c');
  expect(firstOf(['a', 'b', 'c', 'd'], 2, andMore)).toBe('a, b and 2 more');
  expect(firstOf([], 2, andMore)).toBe('');
});
