/** How columns become numbers: learned from the training rows, used again for every prediction. */
import { type Cell, numberIn } from './table.ts';

/** One feature column. A number stays raw here: standardising happens in the model's graph. */
export type Encoding =
  | {
      readonly kind: 'number';
      readonly column: string;
      readonly mean: number;
      readonly deviation: number;
      /** Used where the value is missing: the mean. */
      readonly fill: number;
    }
  | {
      readonly kind: 'category';
      readonly column: string;
      /** One input per value, in this order, and a last one for all other values. */
      readonly values: readonly string[];
      /** Used where the value is missing: the most frequent one. */
      readonly fill: string;
    };

/** Values of a category that get an input of their own, most frequent first. */
const mostCategories = 32;

/** Number of model inputs an encoding fills. */
export const widthOf = (encoding: Encoding): number =>
  encoding.kind === 'number' ? 1 : encoding.values.length + 1;

function fitNumber(column: string, values: readonly number[]): Encoding {
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length;
  return { kind: 'number', column, mean, deviation: Math.sqrt(variance) || 1, fill: mean };
}

/**
 * Learns a column's encoding from its training cells: a number column when every present cell is a number, else a
 * category. Undefined when there is nothing to learn from it: no values, or texts that hardly ever repeat.
 */
export function fitEncoding(column: string, cells: readonly Cell[]): Encoding | undefined {
  const present = cells.filter((it) => it !== undefined);
  if (present.length === 0) return undefined;
  const numbers = present.map(numberIn).filter((it) => it !== undefined);
  if (numbers.length === present.length) return fitNumber(column, numbers);

  const counts = new Map<string, number>();
  for (const value of present) counts.set(value, (counts.get(value) ?? 0) + 1);
  if (counts.size > mostCategories && counts.size > present.length / 2) return undefined;
  const byCount = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([value]) => value);
  return { kind: 'category', column, values: byCount.slice(0, mostCategories), fill: byCount[0]! };
}

/** Writes a cell's numbers into `into` from `at`; answers false when a number column's cell is no number. */
export function encodeCell(encoding: Encoding, value: Cell, into: Float32Array, at: number): boolean {
  if (encoding.kind === 'number') {
    const number = value === undefined ? encoding.fill : numberIn(value);
    into[at] = number ?? encoding.fill;
    return number !== undefined;
  }
  const index = encoding.values.indexOf(value ?? encoding.fill);
  into[at + (index < 0 ? encoding.values.length : index)] = 1;
  return true;
}

/** Mean and deviation per model input [features]: what standardising subtracts and divides by (0 and 1 for categories). */
export function standardisation(encodings: readonly Encoding[]): {
  mean: Float32Array;
  deviation: Float32Array;
} {
  const pick = (number: (it: Encoding & { kind: 'number' }) => number, other: number) =>
    Float32Array.from(
      encodings.flatMap((it) =>
        it.kind === 'number' ? [number(it)] : new Array<number>(widthOf(it)).fill(other),
      ),
    );
  return { mean: pick((it) => it.mean, 0), deviation: pick((it) => it.deviation, 1) };
}
