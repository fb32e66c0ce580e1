/** Rows of named columns as text, and what a cell may mean. */

/** A cell as text; undefined where the value is missing. */
export type Cell = string | undefined;

/** Rectangular: every row has a cell for every column. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

const missing = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '?']);
const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Trims a cell; the usual words for "missing" (empty, NA, N/A, NaN, null, None, ?) become undefined. */
export function cell(text: string): Cell {
  const trimmed = text.trim();
  return missing.has(trimmed.toLowerCase()) ? undefined : trimmed;
}

/** The number a cell holds, or undefined when it is no finite decimal number. */
export function numberIn(text: string): number | undefined {
  if (!number.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** The cells of one column, top to bottom. */
export const columnOf = (table: Table, index: number): Cell[] => table.rows.map((row) => row[index]);
