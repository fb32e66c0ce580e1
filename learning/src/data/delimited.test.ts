import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectDelimiter, parseDelimited, records } from './delimited.ts';

describe('records', () => {
  it.each([
    [
      'plain',
      'a,b\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'CRLF and a last line break',
      'a,b\r\nc,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a quoted delimiter, quote and line break',
      '"a,1","b""q"""\n"x\ny",z',
      [
        ['a,1', 'b"q"'],
        ['x\ny', 'z'],
      ],
    ],
    [
      'empty fields',
      'a,,\n,,c',
      [
        ['a', '', ''],
        ['', '', 'c'],
      ],
    ],
    [
      'blank lines between',
      'a,b\n\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['a last field that is empty at the end of the file', 'a,', [['a', '']]],
  ])('%s', (_name, text, expected) => {
    expect(records(text, ',')).toEqual(expected);
  });

  it('reads back whatever was quoted as RFC 4180 says', () => {
    const table = fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 4 }), { minLength: 1 });
    fc.assert(
      fc.property(table, (rows) => {
        const text = rows
          .map((row) => row.map((it) => `"${it.replaceAll('"', '""')}"`).join(','))
          .join('\r\n');
        expect(records(text, ',')).toEqual(rows);
      }),
    );
  });

  it('refuses a quote that is never closed', () => {
    expect(() => records('a,"b', ',')).toThrow('never closed');
  });
});

it.each([
  ['a,b,c\n1;2', ','],
  ['a;b\n1,5;2', ';'],
  ['a\tb\n1\t2', '\t'],
  ['"x,y,z";b\n', ';'],
  ['alone\n1', ','],
])('finds the delimiter of %j', (text, delimiter) => {
  expect(detectDelimiter(text)).toBe(delimiter);
});

describe('parseDelimited', () => {
  it('takes a first line of names as the header, and skips a byte order mark', () => {
    expect(parseDelimited('\uFEFFage,city\n31,Oslo\n')).toEqual({
      columns: ['age', 'city'],
      rows: [['31', 'Oslo']],
    });
  });

  it('names the columns itself when the first line holds numbers', () => {
    expect(parseDelimited('1,x\n2,y').columns).toEqual(['column_1', 'column_2']);
    expect(parseDelimited('1,x\n2,y').rows).toHaveLength(2);
  });

  it('reads decimal commas between semicolons, and the words for a missing value', () => {
    expect(parseDelimited('a;b\n1,5;NA\n ;-2,25').rows).toEqual([
      ['1.5', undefined],
      [undefined, '-2.25'],
    ]);
  });

  it.each([
    ['', 'dataset.no_rows'],
    ['a,b\n', 'dataset.no_rows'],
    ['a,b\n1,2\n3', 'dataset.unreadable'],
  ])('refuses %j', (text, code) => {
    expect(() => parseDelimited(text)).toThrow(expect.objectContaining({ code }));
  });
});
