/** Comma, semicolon or tab separated values (RFC 4180). */
import { LearningError } from '../errors.ts';
import { cell, numberIn, type Table } from './table.ts';

const delimiters = [',', ';', '\t'] as const;

/** Splits text into records of fields; quotes may hold delimiters, line breaks and doubled quotes. */
export function records(text: string, delimiter: string): string[][] {
  const all: string[][] = [];
  let record: string[] = [];
  let at = 0;
  while (at < text.length) {
    let field: string;
    if (text[at] === '"') {
      [field, at] = quoted(text, at);
    } else {
      const start = at;
      while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at++;
      field = text.slice(start, at);
    }
    record.push(field);
    if (text[at] === delimiter) {
      at++;
      if (at < text.length) continue;
      record.push('');
    } else if (text[at] === '\r' && text[at + 1] === '\n') at += 2;
    else at++;
    if (record.length > 1 || record[0] !== '') all.push(record);
    record = [];
  }
  return all;
}

/** Reads a quoted field from its opening quote: its value and where to go on. */
function quoted(text: string, start: number): [value: string, next: number] {
  let value = '';
  let from = start + 1;
  for (;;) {
    const end = text.indexOf('"', from);
    if (end < 0) throw new LearningError('dataset.unreadable', 'A quoted value is never closed.');
    value += text.slice(from, end);
    if (text[end + 1] !== '"') return [value, end + 1];
    value += '"';
    from = end + 2;
  }
}

/** The delimiter that occurs most in the first line, outside quotes; a comma when none does. */
export function detectDelimiter(text: string): string {
  const counts = new Map<string, number>(delimiters.map((it) => [it, 0]));
  let inside = false;
  for (const character of text) {
    if (character === '"') inside = !inside;
    else if (inside) continue;
    else if (character === '\n') break;
    else if (counts.has(character)) counts.set(character, counts.get(character)! + 1);
  }
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}

/** The first record names the columns when its cells are distinct, none is empty and none is a number. */
function isHeader(record: readonly string[]): boolean {
  const names = record.map((it) => it.trim());
  const plain = names.every((it) => it !== '' && numberIn(it) === undefined);
  return plain && new Set(names).size === names.length;
}

/**
 * Parses delimited text; without a header the columns are named column_1, column_2, … Where the delimiter is a
 * semicolon, "1,5" is read as 1.5. Throws LearningError dataset.no_rows, or dataset.unreadable for a ragged row.
 */
export function parseDelimited(source: string): Table {
  const text = source.replace(/^\uFEFF/, '');
  const delimiter = detectDelimiter(text);
  const [first, ...rest] = records(text, delimiter);
  if (!first) throw new LearningError('dataset.no_rows', 'The file is empty.');
  const header = isHeader(first);
  const columns = header ? first.map((it) => it.trim()) : first.map((_, index) => `column_${index + 1}`);
  const body = header ? rest : [first, ...rest];
  if (body.length === 0) throw new LearningError('dataset.no_rows', 'The file has a header but no rows.');
  const decimal = (it: string) => (delimiter === ';' ? it.replace(/^\s*([+-]?\d+),(\d+)\s*$/, '$1.$2') : it);
  const rows = body.map((record, index) => {
    if (record.length !== columns.length) {
      const place = `Row ${index + 1} has ${record.length} values, the first line has ${columns.length}.`;
      throw new LearningError('dataset.unreadable', place);
    }
    return record.map((it) => cell(decimal(it)));
  });
  return { columns, rows };
}
