import { Unreadable } from './facts.ts';

export interface ArrayHeader {
  dtype: string;
  shape: number[];
}

/** What the head of a NumPy `.npy` file (format 1 to 3) says. */
export function readNpyHeader(head: Buffer): ArrayHeader {
  if (head.length < 12 || head.toString('latin1', 0, 6) !== '\x93NUMPY')
    throw new Unreadable('This is not a NumPy array: its first bytes are others.');
  const isFirst = head[6] === 1;
  const length = isFirst ? head.readUInt16LE(8) : head.readUInt32LE(8);
  const start = isFirst ? 10 : 12;
  const dictionary = head.toString('latin1', start, start + length);
  const shape = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(dictionary)?.[1];
  if (shape === undefined) throw new Unreadable('The header of the NumPy array names no shape.');
  return {
    // A structured type is a list; its fields are left to who reads the array.
    dtype: /'descr'\s*:\s*'([^']{1,40})'/.exec(dictionary)?.[1] ?? 'structured',
    shape: shape
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map((part) => Number.parseInt(part, 10)),
  };
}

/** Some 40,000 tensors; the format would allow 100 MB, which take a gigabyte to read. */
const maxHeaderBytes = 4 * 1024 * 1024;

/** Tensors of a safetensors file: 8 bytes of length, a JSON header, then the data it describes. */
export function readSafetensorsHeader(
  head: Buffer,
  header: (length: number) => Promise<Buffer>,
  fileBytes: number,
): Promise<Map<string, ArrayHeader>> {
  const length = head.length < 8 ? Number.NaN : Number(head.readBigUInt64LE(0));
  if (!(length >= 2) || length > maxHeaderBytes || 8 + length > fileBytes)
    throw new Unreadable('The safetensors header has an impossible length.');
  return header(length).then((bytes) => headersOf(bytes, fileBytes - 8 - length));
}

function headersOf(header: Buffer, dataBytes: number): Map<string, ArrayHeader> {
  const headers = new Map<string, ArrayHeader>();
  for (const [name, tensor] of Object.entries(parseObject(header))) {
    if (name === '__metadata__') continue;
    const { shape, dtype, data_offsets: offsets } = (tensor ?? {}) as Record<string, unknown>;
    const inside = isNumbers(offsets) && offsets.length === 2 && (offsets[1] ?? 0) <= dataBytes;
    if (!isNumbers(shape) || !inside)
      throw new Unreadable(`The safetensors header describes ${name} wrongly.`);
    headers.set(name, { dtype: String(dtype).slice(0, 40), shape });
  }
  return headers;
}

function parseObject(bytes: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (cause) {
    throw new Unreadable('The safetensors header is not JSON.', { cause });
  }
  throw new Unreadable('The safetensors header is not an object.');
}

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'number');
