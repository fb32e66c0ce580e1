/** The safetensors format (huggingface/safetensors, "Format"): 8-byte header length, JSON header, raw data. */

export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const bytesOf = (data: Float32Array): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Writes 32-bit float tensors; metadata values must be text, as the format demands. */
export function writeSafetensors(
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  let end = 0;
  const entries = tensors.map(({ name, shape, data }) => {
    const begin = end;
    end += data.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }] as const;
  });
  const json = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) });
  const text = new TextEncoder().encode(json);
  const padded = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(8 + padded + end).fill(0x20, 8, 8 + padded);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded), true);
  file.set(text, 8);
  let at = 8 + padded;
  for (const { data } of tensors) {
    file.set(bytesOf(data), at);
    at += data.byteLength;
  }
  return file;
}

/** A tensor's entry in the header; offsets count from the end of the header. */
export interface SafetensorsEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** Reads the header. Throws RangeError when the file is shorter than it says. */
export function readSafetensorsHeader(file: Uint8Array): {
  metadata: Record<string, string>;
  tensors: Record<string, SafetensorsEntry>;
} {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  if (8 + length > file.length) throw new RangeError('the safetensors header is cut short');
  const { __metadata__: metadata = {}, ...tensors } = JSON.parse(
    new TextDecoder().decode(file.subarray(8, 8 + length)),
  );
  return { metadata, tensors };
}

/** Reads the tensors of a file that `writeSafetensors` wrote, by name. Throws RangeError when it is cut short. */
export function readSafetensors(file: Uint8Array): {
  metadata: Record<string, string>;
  tensors: Map<string, Float32Array>;
} {
  const { metadata, tensors } = readSafetensorsHeader(file);
  const start = 8 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const read = ([name, { data_offsets }]: [string, SafetensorsEntry]): [string, Float32Array] => {
    const [begin, end] = data_offsets;
    if (start + end > file.length) throw new RangeError('the safetensors data is cut short');
    // Copied, since a tensor need not begin where a Float32Array may.
    return [name, new Float32Array(file.slice(start + begin, start + end).buffer)];
  };
  return { metadata, tensors: new Map(Object.entries(tensors).map(read)) };
}
