/** A table made ready for training: split, encoded, its target understood. */
import { LearningError } from '../errors.ts';
import { seededRandom } from '../random.ts';
import { type Encoding, encodeCell, fitEncoding, widthOf } from './encoding.ts';
import { columnOf, numberIn, type Table } from './table.ts';
import { type TabularTask, targetIndex, taskOf, withTarget } from './target.ts';

/** Encoded rows: x [rows × features] raw, and one target per row (a class index or a number). */
export interface Rows {
  readonly count: number;
  readonly x: Float32Array;
  readonly targets: Float64Array;
}

export interface TabularDataset {
  readonly task: TabularTask;
  readonly target: string;
  readonly encodings: readonly Encoding[];
  /** Model inputs: the width of a row of x. */
  readonly features: number;
  readonly training: Rows;
  readonly validation: Rows;
  /** Sentences worth logging: columns left out, rows without a target. */
  readonly notes: readonly string[];
}

export interface TabularOptions {
  /** Column to predict; default: label, target or class, else the last. */
  readonly target?: string;
  /** Part of the rows held out, default 0.2. */
  readonly validationFraction?: number;
  readonly seed: number;
}

const mostFeatures = 4096;

/** Row indices in seeded order, the held-out ones last; at least one row is held out and one is not. */
function splitRows(
  count: number,
  fraction: number,
  seed: number,
): [training: Int32Array, validation: Int32Array] {
  const order = seededRandom(seed).shuffle(Int32Array.from({ length: count }, (_, index) => index));
  const held = Math.min(count - 1, Math.max(1, Math.round(count * fraction)));
  return [order.slice(0, count - held), order.slice(count - held)];
}

/**
 * Prepares a table. Encodings are learned from the training rows alone. Throws LearningError (dataset.no_rows,
 * dataset.no_features, dataset.too_wide, dataset.target_…).
 */
export function prepareTable(source: Table, options: TabularOptions): TabularDataset {
  const index = targetIndex(source.columns, options.target);
  const table = withTarget(source, index);
  if (table.rows.length < 2)
    throw new LearningError('dataset.no_rows', 'At least two rows with a target are needed.');
  const target = table.columns[index]!;
  const values = table.rows.map((row) => row[index]!);
  const task = taskOf(values);
  const [training, validation] = splitRows(
    table.rows.length,
    options.validationFraction ?? 0.2,
    options.seed,
  );

  const notes: string[] = [];
  const lost = source.rows.length - table.rows.length;
  if (lost > 0) notes.push(`${lost} rows have no value in ${target} and are left out.`);
  const places: { encoding: Encoding; column: number; offset: number }[] = [];
  let features = 0;
  for (const [column, name] of table.columns.entries()) {
    if (column === index) continue;
    const cells = columnOf(table, column);
    const encoding = fitEncoding(
      name,
      Array.from(training, (row) => cells[row]),
    );
    if (!encoding)
      notes.push(`Column ${name} is left out: it has no values, or texts that hardly ever repeat.`);
    else {
      places.push({ encoding, column, offset: features });
      features += widthOf(encoding);
    }
  }
  if (features === 0) throw new LearningError('dataset.no_features', 'No column is left to predict from.');
  if (features > mostFeatures) {
    throw new LearningError(
      'dataset.too_wide',
      `The rows encode to ${features} numbers; at most ${mostFeatures} fit.`,
    );
  }

  const classIndex = new Map(task.kind === 'classification' ? task.classes.map((it, at) => [it, at]) : []);
  const encode = (order: Int32Array): Rows => {
    const x = new Float32Array(order.length * features);
    const targets = Float64Array.from(
      order,
      (row) => classIndex.get(values[row]!) ?? numberIn(values[row]!)!,
    );
    for (const [at, row] of order.entries()) {
      for (const { encoding, column, offset } of places) {
        encodeCell(encoding, table.rows[row]![column], x, at * features + offset);
      }
    }
    return { count: order.length, x, targets };
  };
  const encodings = places.map((it) => it.encoding);
  return {
    task,
    target,
    encodings,
    features,
    training: encode(training),
    validation: encode(validation),
    notes,
  };
}
