import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShellSyntaxError, shellCommands, unknownPart } from './shell-words.ts';

describe('shellCommands', () => {
  it.each([
    ['ls -la', [['ls', '-la']]],
    ['  ls \t -la  ', [['ls', '-la']]],
    ['a; b && c || d | e & f\ng', [['a'], ['b'], ['c'], ['d'], ['e'], ['f'], ['g']]],
    [`echo "a b" 'c d' e\\ f ""`, [['echo', 'a b', 'c d', 'e f', '']]],
    [`r"m" -r''f \\/`, [['rm', '-rf', '/']]],
    [
      'echo "x $(rm -rf /) y" z',
      [
        ['rm', '-rf', '/'],
        ['echo', `x ${unknownPart} y`, 'z'],
      ],
    ],
    ['echo `date`', [['date'], ['echo', unknownPart]]],
    ["echo '$(no) `no`'", [['echo', '$(no) `no`']]],
    ['(a; (b)) c', [['a'], ['b'], ['c']]],
    ['echo $(a (b) $(c))', [['a'], ['b'], ['c'], [unknownPart], ['echo', unknownPart]]],
    ['echo hi>/dev/sda', [['echo', 'hi', '>', '/dev/sda']]],
    ['', []],
  ])('%j', (line, commands) => {
    expect(shellCommands(line)).toEqual(commands);
  });

  it('refuses what is left open', () => {
    for (const line of ['echo "a', "echo 'a", 'echo $(a', 'echo `a'])
      expect(() => shellCommands(line)).toThrow(ShellSyntaxError);
  });

  it('gives quoted words back as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (words) => {
        const line = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
        expect(shellCommands(line)).toEqual([words]);
      }),
    );
  });
});
