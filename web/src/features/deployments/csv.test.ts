import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCsv, toCsv } from './csv.ts';
import { exampleDraft, rowOf, rowsOfTable } from './rows.ts';

test('what is written is read again', () => {
  const cell = fc.string().filter((text) => !text.includes('\r') && text !== '\ufeff');
  const table = fc
    .integer({ min: 2, max: 5 })
    .chain((width) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }),
    );
  fc.assert(
    fc.property(table, (rows) => {
      // The first line decides the separator, so it must be one that a person would write.
      const header = rows[0]?.map((_, i) => `c${i}`) ?? [];
      expect(parseCsv(toCsv([header, ...rows]))).toEqual([header, ...rows]);
    }),
  );
});

test.each([
  [
    'a;b\r\n1,5;2\r\n',
    [
      ['a', 'b'],
      ['1,5', '2'],
    ],
  ],
  [
    'a\tb\n1\t2',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    '\ufeffa,b\n\n"x, ""y""",2\n',
    [
      ['a', 'b'],
      ['x, "y"', '2'],
    ],
  ],
])('%j', (text, rows) => {
  expect(parseCsv(text)).toEqual(rows);
});

const inputs = [
  { name: 'width', kind: 'number' as const, example: 1.5 },
  { name: 'colour', kind: 'category' as const, categories: ['red', 'blue'] },
];

test('the form begins with examples and becomes a row; empty is unknown', () => {
  expect(rowOf(inputs, exampleDraft(inputs))).toEqual({ width: 1.5, colour: 'red' });
  expect(rowOf(inputs, { width: '', colour: 'blue' })).toEqual({ width: null, colour: 'blue' });
});

test('a pasted table is matched by column names; what lacks or is no number is named', () => {
  const { rows, missing, wrong } = rowsOfTable(
    [
      ['colour', 'width'],
      ['red', '2'],
      ['blue', 'abc'],
    ],
    inputs,
  );
  expect(missing).toEqual([]);
  expect(rows[0]).toEqual({ width: 2, colour: 'red' });
  expect(wrong).toEqual([{ row: 2, column: 'width', value: 'abc' }]);
  expect(rowsOfTable([['colour'], ['red']], inputs).missing).toEqual(['width']);
});
