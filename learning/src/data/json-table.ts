/** JSON arrays of objects, and JSON Lines, as tables. */
import { LearningError } from '../errors.ts';
import { type Cell, cell, type Table } from './table.ts';

type Row = Record<string, unknown>;

const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parse(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LearningError('dataset.unreadable', `${place} is not valid JSON.`, { cause });
  }
}

function cellOf(value: unknown, column: string, index: number): Cell {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string') return cell(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new LearningError(
    'dataset.unreadable',
    `Row ${index + 1}: ${column} holds a list or an object, not a value.`,
  );
}

function table(values: readonly unknown[]): Table {
  if (values.length === 0) throw new LearningError('dataset.no_rows', 'There are no rows.');
  const rows = values.map((value, index) => {
    if (!isRow(value)) throw new LearningError('dataset.unreadable', `Row ${index + 1} is not an object.`);
    return value;
  });
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return { columns, rows: rows.map((row, index) => columns.map((it) => cellOf(row[it], it, index))) };
}

/** Parses `[{…}, …]` or `{"data": [{…}, …]}`; columns in order of first appearance. */
export function parseJson(text: string): Table {
  const whole = parse(text.replace(/^\uFEFF/, ''), 'The file');
  const values = isRow(whole) ? whole.data : whole;
  if (!Array.isArray(values))
    throw new LearningError('dataset.unreadable', 'The file is not an array of objects.');
  return table(values);
}

/** Parses one JSON object a line; blank lines are skipped. */
export function parseJsonLines(text: string): Table {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  return table(
    lines.flatMap((line, index) => (line.trim() === '' ? [] : [parse(line, `Line ${index + 1}`)])),
  );
}
