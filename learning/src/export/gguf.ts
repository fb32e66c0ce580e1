/** GGUF version 3 (ggml-org/ggml, docs/gguf.md): little-endian, metadata pairs, then aligned tensors. */
import type { NamedTensor } from './safetensors.ts';

/** A metadata value with its GGUF type. Arrays hold values of one type. */
export type GgufValue =
  | { readonly type: 'uint32' | 'float32' | 'int32'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'float32s' | 'int32s'; readonly value: readonly number[] };

const typeNumbers = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;
const alignment = 32;

/** Grows a little-endian byte buffer. */
class Writer {
  private bytes = new Uint8Array(1 << 16);
  private view = new DataView(this.bytes.buffer);
  length = 0;

  private reserve(size: number): number {
    const at = this.length;
    this.length += size;
    if (this.length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.length, this.bytes.length * 2));
      larger.set(this.bytes);
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    }
    return at;
  }
  uint8(value: number): void {
    const at = this.reserve(1);
    this.view.setUint8(at, value);
  }
  uint32(value: number): void {
    const at = this.reserve(4);
    this.view.setUint32(at, value, true);
  }
  int32(value: number): void {
    const at = this.reserve(4);
    this.view.setInt32(at, value, true);
  }
  uint64(value: number): void {
    const at = this.reserve(8);
    this.view.setBigUint64(at, BigInt(value), true);
  }
  float32(value: number): void {
    const at = this.reserve(4);
    this.view.setFloat32(at, value, true);
  }
  raw(data: Uint8Array): void {
    const at = this.reserve(data.length);
    this.bytes.set(data, at);
  }
  string(value: string): void {
    const data = new TextEncoder().encode(value);
    this.uint64(data.length);
    this.raw(data);
  }
  align(): void {
    this.reserve((alignment - (this.length % alignment)) % alignment);
  }
  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}

function writeValue(writer: Writer, it: GgufValue): void {
  const head = (type: keyof typeof typeNumbers) => writer.uint32(typeNumbers[type]);
  const list = <T>(type: 'string' | 'float32' | 'int32', values: readonly T[], put: (value: T) => void) => {
    head('array');
    head(type);
    writer.uint64(values.length);
    values.forEach(put);
  };
  switch (it.type) {
    case 'uint32':
    case 'int32':
    case 'float32':
      head(it.type);
      writer[it.type](it.value);
      break;
    case 'bool':
      head('bool');
      writer.uint8(it.value ? 1 : 0);
      break;
    case 'string':
      head('string');
      writer.string(it.value);
      break;
    case 'strings':
      list('string', it.value, (value) => writer.string(value));
      break;
    case 'float32s':
      list('float32', it.value, (value) => writer.float32(value));
      break;
    case 'int32s':
      list('int32', it.value, (value) => writer.int32(value));
  }
}

/** Writes metadata and 32-bit float tensors. Shapes are outermost first, as everywhere here; GGUF stores them reversed. */
export function writeGguf(
  metadata: Readonly<Record<string, GgufValue>>,
  tensors: readonly NamedTensor[],
): Uint8Array {
  const writer = new Writer();
  writer.raw(new TextEncoder().encode('GGUF'));
  writer.uint32(3);
  writer.uint64(tensors.length);
  writer.uint64(Object.keys(metadata).length);
  for (const [key, value] of Object.entries(metadata)) {
    writer.string(key);
    writeValue(writer, value);
  }
  let offset = 0;
  for (const { name, shape, data } of tensors) {
    writer.string(name);
    writer.uint32(shape.length);
    for (const size of shape.toReversed()) writer.uint64(size);
    writer.uint32(0);
    writer.uint64(offset);
    offset += Math.ceil(data.byteLength / alignment) * alignment;
  }
  for (const { data } of tensors) {
    writer.align();
    writer.raw(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  writer.align();
  return writer.finish();
}
