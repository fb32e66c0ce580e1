import { expect, it } from 'vitest';
import { readTable } from './read.ts';

const rows = [
  { a: 1, b: 'x' },
  { a: null, c: true },
];
const table = {
  columns: ['a', 'b', 'c'],
  rows: [
    ['1', 'x', undefined],
    [undefined, undefined, 'true'],
  ],
};

it.each([
  ['json', JSON.stringify(rows)],
  ['json', JSON.stringify({ data: rows })],
  ['jsonl', `${rows.map((it) => JSON.stringify(it)).join('\r\n')}\n\n`],
])('reads %s %s', (format, text) => {
  expect(readTable(text, format)).toEqual(table);
});

it.each([
  ['json', '[', 'dataset.unreadable'],
  ['json', '[]', 'dataset.no_rows'],
  ['json', '{"rows": []}', 'dataset.unreadable'],
  ['json', '[1]', 'dataset.unreadable'],
  ['json', '[{"a": [1]}]', 'dataset.unreadable'],
  ['jsonl', '{"a": 1}\n{', 'dataset.unreadable'],
  ['jsonl', '', 'dataset.no_rows'],
  ['parquet', 'x', 'dataset.format_unsupported'],
])('refuses %s %j', (format, text, code) => {
  expect(() => readTable(text, format)).toThrow(expect.objectContaining({ code }));
});
