import { expect, test } from 'vitest';
import { ArgumentError, readArguments } from './arguments.ts';

test('options become environment variables, and only those that were given', () => {
  expect(readArguments(['--api-keys', 'a,b', '--port=9000'])).toEqual({
    help: false,
    env: { API_KEYS: 'a,b', API_PORT: '9000' },
  });
  expect(readArguments([])).toEqual({ help: false, env: {} });
  expect(readArguments(['-h']).help).toBe(true);
});

test('an option nobody knows is refused by its name', () => {
  expect(() => readArguments(['--prot', '1'])).toThrow(ArgumentError);
  expect(() => readArguments(['--prot', '1'])).toThrow('--prot');
});
