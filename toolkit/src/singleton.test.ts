import { expect, it } from 'vitest';
import { singleton } from './singleton.ts';

it('makes the tool once, with the arguments of the first call', () => {
  const get = singleton((size = 3) => ({ size }));
  const first = get(7);
  expect(get(9)).toBe(first);
  expect(first.size).toBe(7);
});
