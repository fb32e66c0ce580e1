/** Which column is predicted, and what kind of task that makes. */
import { LearningError } from '../errors.ts';
import { type Cell, numberIn, type Table } from './table.ts';

const usualNames = ['label', 'target', 'class'];
const mostClasses = 1000;
const fewValues = 20;

/**
 * Index of the column to predict: the wished one, else the one named label, target or class (in that order,
 * in any case), else the last. Throws LearningError dataset.target_missing when the wished one does not exist.
 */
export function targetIndex(columns: readonly string[], wished?: string): number {
  if (wished !== undefined) {
    const index = columns.indexOf(wished);
    if (index >= 0) return index;
    const known = columns.slice(0, 20).join(', ');
    throw new LearningError(
      'dataset.target_missing',
      `There is no column "${wished}"; the columns are ${known}.`,
    );
  }
  const lower = columns.map((it) => it.toLowerCase());
  return usualNames.map((it) => lower.indexOf(it)).find((index) => index >= 0) ?? columns.length - 1;
}

/** What a target column asks for. */
export type TabularTask =
  | { readonly kind: 'classification'; readonly classes: readonly string[] }
  | { readonly kind: 'regression' };

/** Orders numbers by value and text by code point. */
function byValue(a: string, b: string): number {
  const [x, y] = [numberIn(a), numberIn(b)];
  if (x !== undefined && y !== undefined) return x - y;
  return a < b ? -1 : Number(a > b);
}

/**
 * The task that a target column's values (none missing) make: text, or at most 20 distinct numbers that occur twice
 * on average, are classes; other numbers are a regression. Throws LearningError dataset.target_constant or
 * dataset.too_many_classes.
 */
export function taskOf(values: readonly string[]): TabularTask {
  const distinct = [...new Set(values)];
  if (distinct.length < 2) {
    throw new LearningError('dataset.target_constant', 'The target column has the same value in every row.');
  }
  const numeric = distinct.every((value) => numberIn(value) !== undefined);
  const few = distinct.length <= Math.max(2, Math.min(fewValues, values.length / 2));
  if (numeric && !few) return { kind: 'regression' };
  if (distinct.length > mostClasses) {
    const message = `The target column has ${distinct.length} different texts; at most ${mostClasses} classes can be learned.`;
    throw new LearningError('dataset.too_many_classes', message);
  }
  return { kind: 'classification', classes: distinct.sort(byValue) };
}

/** Rows whose target is known. */
export function withTarget(table: Table, target: number): Table {
  return {
    columns: table.columns,
    rows: table.rows.filter((row: readonly Cell[]) => row[target] !== undefined),
  };
}
