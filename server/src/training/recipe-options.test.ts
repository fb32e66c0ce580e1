import type { ProgramOption } from '@hearth/contract';
import { expect, it } from 'vitest';
import { settleOptions } from './recipe-options.ts';

const declared: ProgramOption[] = [
  { name: 'depth', type: 'integer', default: 3, min: 1, max: 9, required: false },
  { name: 'rate', type: 'number', min: 0, required: false },
  { name: 'kind', type: 'choice', choices: ['a', 'b'], default: 'a', required: false },
  { name: 'fast', type: 'boolean', default: false, required: false },
  { name: 'note', type: 'string', required: true },
];

it('takes what fits and fills in the rest', () => {
  expect(settleOptions(declared, { note: 'n', rate: 0.5 })).toEqual({
    depth: 3,
    kind: 'a',
    fast: false,
    note: 'n',
    rate: 0.5,
  });
  expect(settleOptions([])).toEqual({});
});

it.each([
  [{}, /options\.note is needed/],
  [{ note: 'n', other: 1 }, /options\.other is no option of this architecture; it takes depth, rate/],
  [{ note: 'n', depth: 1.5 }, /options\.depth is a whole number/],
  [{ note: 'n', depth: '3' }, /options\.depth is a whole number/],
  [{ note: 'n', depth: 0 }, /options\.depth is at least 1/],
  [{ note: 'n', depth: 10 }, /options\.depth is at most 9/],
  [{ note: 'n', rate: 'x' }, /options\.rate is a number/],
  [{ note: 'n', kind: 'c' }, /options\.kind is one of a, b/],
  [{ note: 'n', fast: 'yes' }, /options\.fast is true or false/],
  [{ note: 3 }, /options\.note is a text/],
])('refuses %j', (given, message) => {
  expect(() => settleOptions(declared, given as Record<string, string | number | boolean>)).toThrow(message);
});
