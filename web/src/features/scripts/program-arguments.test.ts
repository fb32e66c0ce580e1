import type { ProgramOption } from '@hearth/contract';
import { expect, test } from 'vitest';
import { argumentsOf, initialValues, splitArguments } from './program-arguments.ts';

const options: ProgramOption[] = [
  { name: 'source', type: 'choice', choices: ['sample', 'csv'], default: 'sample', required: false },
  { name: 'bars', type: 'integer', required: false },
  { name: 'verbose', type: 'boolean', default: false, required: false },
];

test('begins with what the program has by itself', () => {
  expect(initialValues(options)).toEqual({ source: 'sample', bars: undefined, verbose: false });
});

test('sends only what was changed', () => {
  expect(argumentsOf(options, initialValues(options))).toEqual([]);
  expect(argumentsOf(options, { source: 'csv', bars: 0, verbose: true })).toEqual([
    '--source',
    'csv',
    '--bars',
    '0',
    '--verbose',
  ]);
  expect(argumentsOf(options, { source: 'sample', bars: undefined, verbose: false })).toEqual([]);
});

test('parts a line at spaces, not inside quotes', () => {
  expect(splitArguments('  --from 2020  "two words" \'a b\' ')).toEqual([
    '--from',
    '2020',
    'two words',
    'a b',
  ]);
  expect(splitArguments('')).toEqual([]);
});
