/** Reads `metadata_props` of an ONNX file without loading the model. */

const text = new TextDecoder('utf-8', { fatal: true });

/** Walks the length-delimited fields of a protobuf message; other wire types are skipped. */
function* fields(body: Uint8Array): Generator<[number: number, bytes: Uint8Array]> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; at < body.length; shift += 7) {
      const byte = body[at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('the file is cut short');
  };
  while (at < body.length) {
    const tag = varint();
    const wire = tag & 7;
    if (wire === 0) varint();
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else if (wire === 2) {
      const size = varint();
      if (at + size > body.length) throw new RangeError('the file is cut short');
      yield [Math.floor(tag / 8), body.subarray(at, at + size)];
      at += size;
    } else throw new RangeError('this is not an ONNX file');
  }
}

/** The text pairs stored in an ONNX model. Throws RangeError when the bytes are no protobuf message. */
export function readMetadata(model: Uint8Array): Record<string, string> {
  const pairs: [string, string][] = [];
  for (const [number, entry] of fields(model)) {
    if (number !== 14) continue;
    const [key, value] = [...fields(entry)].map(([, bytes]) => text.decode(bytes));
    if (key !== undefined) pairs.push([key, value ?? '']);
  }
  return Object.fromEntries(pairs);
}
