import { distinct, type Plotted } from './plotted.ts';

/** No chunk has more. */
export const mostPoints = 1024;
/** Chunks that have fewer are small. */
export const smallBelow = 64;
export const isSmall = ({ points }: Pick<Chunk, 'points'>): boolean => points < smallBelow;

/** Points of one series that are stored together: ascending, none twice. */
export interface Chunk {
  firstStep: number;
  lastStep: number;
  points: number;
  /** The lowest and the highest finite point. */
  low: Plotted | undefined;
  high: Plotted | undefined;
  data: Buffer;
}
/** Points by columns; of the same length. */
export interface Columns {
  steps: Float64Array;
  times: Float64Array;
  values: Float64Array;
}

/** Whole numbers within ±2^53 and values of any kind, all as big-endian float64: steps, then times, then values. */
function encode(points: readonly Plotted[]): Buffer {
  const count = points.length;
  const columns = new Float64Array(3 * count);
  for (let index = 0; index < count; index += 1) {
    const { step, atMs, value } = points[index]!;
    columns[index] = step;
    columns[count + index] = atMs;
    columns[2 * count + index] = value;
  }
  return bigEndian(Buffer.from(columns.buffer));
}

export function decode(data: Buffer): Columns {
  const bytes = new Uint8Array(data);
  bigEndian(Buffer.from(bytes.buffer));
  const count = bytes.length / 24;
  const column = (place: number) => new Float64Array(bytes.buffer, place * count * 8, count);
  return { steps: column(0), times: column(1), values: column(2) };
}

export function* pointsOf({ steps, times, values }: Columns): Generator<Plotted> {
  for (let index = 0; index < steps.length; index += 1)
    yield { step: steps[index]!, atMs: times[index]!, value: values[index]! };
}

const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const bigEndian = (bytes: Buffer): Buffer => (isLittleEndian ? bytes.swap64() : bytes);

/**
 * Chunks for what several batches have of one series; each ascending, none empty. Batches that do not overlap keep
 * chunks of their own unless they are small: one that comes later may belong between them.
 */
export function chunksOf(batches: readonly (readonly Plotted[])[]): Chunk[] {
  const runs: (readonly Plotted[])[] = [];
  for (const batch of batches.toSorted((a, b) => a[0]!.step - b[0]!.step)) {
    const before = runs.at(-1);
    const isNear = before && before.length + batch.length < smallBelow;
    if (before && (isNear || before.at(-1)!.step >= batch[0]!.step))
      runs[runs.length - 1] = distinct([...before, ...batch]);
    else runs.push(batch);
  }
  return runs.flatMap((run) => {
    const pieces = [];
    for (let from = 0; from < run.length; from += mostPoints)
      pieces.push(chunkOf(run.slice(from, from + mostPoints)));
    return pieces;
  });
}

function chunkOf(points: readonly Plotted[]): Chunk {
  let low: Plotted | undefined;
  let high: Plotted | undefined;
  for (const point of points) {
    if (!Number.isFinite(point.value)) continue;
    if (!low || point.value < low.value) low = point;
    if (!high || point.value > high.value) high = point;
  }
  const [firstStep, lastStep] = [points[0]!.step, points.at(-1)!.step];
  return { firstStep, lastStep, points: points.length, low, high, data: encode(points) };
}
