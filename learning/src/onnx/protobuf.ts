/** Encodes the few protobuf wire forms that ONNX needs (protobuf.dev/programming-guides/encoding). Writing only. */

const text = new TextEncoder();

/** A field's bytes; messages are concatenations of fields. */
export type Field = Uint8Array;

/** Joins fields into one message body. */
export function message(fields: readonly Field[]): Uint8Array {
  const whole = new Uint8Array(fields.reduce((size, field) => size + field.length, 0));
  let at = 0;
  for (const field of fields) {
    whole.set(field, at);
    at += field.length;
  }
  return whole;
}

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest ? low | 0x80 : low);
  } while (rest);
  return bytes;
}

const tag = (number: number, wire: number) => varint(BigInt((number << 3) | wire));

/** An integer field (int32, int64, enum): negative values take ten bytes, as the format says. */
export function integer(number: number, value: number | bigint): Field {
  return Uint8Array.from([...tag(number, 0), ...varint(BigInt(value))]);
}

/** A 32-bit float field. */
export function float(number: number, value: number): Field {
  const head = tag(number, 5);
  const field = new Uint8Array(head.length + 4);
  field.set(head);
  new DataView(field.buffer).setFloat32(head.length, value, true);
  return field;
}

/** A length-delimited field: bytes, or an embedded message. */
export function bytes(number: number, value: Uint8Array): Field {
  const head = Uint8Array.from([...tag(number, 2), ...varint(BigInt(value.length))]);
  return message([head, value]);
}

/** A UTF-8 string field. */
export function string(number: number, value: string): Field {
  return bytes(number, text.encode(value));
}
