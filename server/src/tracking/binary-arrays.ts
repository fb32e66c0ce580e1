const int8Oid = 20;
const float8Oid = 701;
const byteaOid = 17;
const headBytes = 20;
const elementBytes = 12;

/**
 * Arrays in PostgreSQL's binary format (one dimension, no nulls): the driver sends a Buffer as it is, and the server
 * copies it instead of reading thousands of numbers from a text.
 */
function arrayOf(
  oid: number,
  length: number,
  write: (view: DataView, at: number, index: number) => void,
): Buffer {
  const bytes = Buffer.allocUnsafe(length === 0 ? 12 : headBytes + length * elementBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setInt32(0, length === 0 ? 0 : 1);
  view.setInt32(4, 0);
  view.setInt32(8, oid);
  if (length === 0) return bytes;
  view.setInt32(12, length);
  view.setInt32(16, 1);
  for (let index = 0; index < length; index += 1) {
    const at = headBytes + index * elementBytes;
    view.setInt32(at, 8);
    write(view, at + 4, index);
  }
  return bytes;
}

/** Whole numbers within ±2^53 as `bigint[]`. */
export function bigints<T>(items: readonly T[], pick: (item: T) => number): Buffer {
  return arrayOf(int8Oid, items.length, (view, at, index) => {
    const value = pick(items[index]!);
    const high = Math.floor(value / 2 ** 32);
    view.setInt32(at, high);
    view.setUint32(at + 4, value - high * 2 ** 32);
  });
}

/** Numbers of any kind as `float8[]`. */
export function floats<T>(items: readonly T[], pick: (item: T) => number): Buffer {
  return arrayOf(float8Oid, items.length, (view, at, index) => view.setFloat64(at, pick(items[index]!)));
}

/** Bytes as `bytea[]`. */
export function byteas(items: readonly Buffer[]): Buffer {
  const size = items.reduce((sum, { length }) => sum + 4 + length, headBytes);
  const bytes = Buffer.allocUnsafe(items.length === 0 ? 12 : size);
  bytes.writeInt32BE(items.length === 0 ? 0 : 1, 0);
  bytes.writeInt32BE(0, 4);
  bytes.writeInt32BE(byteaOid, 8);
  if (items.length === 0) return bytes;
  bytes.writeInt32BE(items.length, 12);
  bytes.writeInt32BE(1, 16);
  let at = headBytes;
  for (const item of items) {
    at = bytes.writeInt32BE(item.length, at);
    at += item.copy(bytes, at);
  }
  return bytes;
}
