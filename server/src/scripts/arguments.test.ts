import type { ProgramOption } from '@hearth/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkArguments } from './arguments.ts';

const option = (name: string, over: Partial<ProgramOption> = {}): ProgramOption => ({
  name,
  type: 'string',
  required: false,
  ...over,
});
const refused = (message: RegExp) =>
  expect.objectContaining({
    code: 'script.argument_refused',
    message: expect.stringMatching(message) as string,
  });
const check = (args: string[], options?: ProgramOption[]) => () => checkArguments(args, options);

it('refuses every character a shell would read a meaning into, wherever it stands', () => {
  for (const character of [...';&|`$()<>\n\r\0'])
    for (const argument of [character, `a${character}`, `${character}b`, `--x=${character}`])
      expect(check(['fine', argument]), JSON.stringify(argument)).toThrow(refused(/Argument 2 /));
  expect(check(['a; rm -rf /'])).toThrow(refused(/^Argument 1 holds a character that is not allowed: ;$/));
});

it('lets everything else through unchanged where the script names no options', () => {
  const plain = fc.string({ unit: 'grapheme' }).filter((text) => !/[;&|`$()<>\r\n\0]/.test(text));
  fc.assert(fc.property(fc.array(plain), (args) => void checkArguments(args, undefined)));
  expect(check(['-rf', '--', '..', '%2e%2e', "'quoted'", '*', '~', 'naïve 👩‍👩‍👧'])).not.toThrow();
});

it('takes only the options of the manifest, in either way of writing', () => {
  const options = [option('source'), option('fast', { type: 'boolean' })];
  for (const args of [[], ['--source', 'csv'], ['--source=csv', '--fast'], ['--fast=false'], ['--source=']])
    expect(check(args, options), args.join(' ')).not.toThrow();
  expect(check(['--sauce', 'x'], options)).toThrow(refused(/takes no argument "--sauce"/));
  expect(check(['loose'], options)).toThrow(refused(/takes no argument "loose"/));
  expect(check(['-s', 'x'], options)).toThrow(refused(/takes no argument "-s"/));
  expect(check(['--source', 'a', '--source=b'], options)).toThrow(refused(/given twice/));
  expect(check(['--fast', '--source'], options)).toThrow(refused(/--source needs a value/));
  expect(check(['--fast', 'true'], options)).toThrow(refused(/takes no argument "true"/));
  expect(check(['--__proto__', 'x'], options)).toThrow(refused(/takes no argument/));
});

it('checks the type and the bounds of values, and what is required', () => {
  const options = [
    option('count', { type: 'integer', min: 1, max: 10 }),
    option('rate', { type: 'number', min: 0 }),
    option('kind', { type: 'choice', choices: ['a', 'b'] }),
    option('flag', { type: 'boolean' }),
  ];
  for (const args of [['--count', '10'], ['--rate=1e-3'], ['--rate', '.5'], ['--kind', 'b'], ['--flag=true']])
    expect(check(args, options), args.join(' ')).not.toThrow();
  for (const [args, message] of [
    [['--count', '1.5'], /--count is a whole number/],
    [['--count', ''], /--count is a whole number/],
    [['--count', '0x5'], /--count is a whole number/],
    [['--count', '9'.repeat(30)], /--count is a whole number/],
    [['--count', '0'], /--count is at least 1/],
    [['--count', '11'], /--count is at most 10/],
    [['--rate', 'NaN'], /--rate is a number/],
    [['--rate', '1e999'], /--rate is a number/],
    [['--rate', '-1'], /--rate is at least 0/],
    [['--kind', 'c'], /--kind is one of a, b/],
    [['--flag=yes'], /--flag is true or false/],
  ] as const)
    expect(check([...args], options), args.join(' ')).toThrow(refused(message));
  const needed = [option('source', { required: true })];
  expect(check([], needed)).toThrow(refused(/--source is needed/));
  expect(check(['--source', 'x'], needed)).not.toThrow();
});
