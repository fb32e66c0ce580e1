import { deflateRawSync, deflateSync } from 'node:zlib';

/** A NumPy array of float32 with this shape, as it stands between the parentheses: `6, 2` or `12,`. */
export function npy(shape: string): Buffer {
  const header = `${`{'descr': '<f4', 'fortran_order': False, 'shape': (${shape}), }`.padEnd(117)}\n`;
  const head = Buffer.from([0x93, 78, 85, 77, 80, 89, 1, 0, header.length, 0]);
  return Buffer.concat([head, Buffer.from(header, 'latin1'), Buffer.alloc(48)]);
}

interface Listed {
  name: string;
  packed: Buffer;
  sizeBytes: number;
  offset: number;
}

/**
 * A zip as APPNOTE describes it, with the sizes and places of Zip64 where `isLarge`; checksums are of no interest to
 * who only lists.
 */
export function zip(files: Record<string, Buffer>, isLarge = false): Buffer {
  const parts: Buffer[] = [];
  const listed: Listed[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const packed = deflateRawSync(content);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(8, 8);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    listed.push({ name, packed, sizeBytes: content.length, offset });
    const part = Buffer.concat([local, Buffer.from(name), packed]);
    parts.push(part);
    offset += part.length;
  }
  const directory = Buffer.concat(listed.map((entry) => (isLarge ? largeEntry(entry) : entryOf(entry))));
  return Buffer.concat([
    ...parts,
    directory,
    ...(isLarge ? [largeEnd(directory.length, offset)] : []),
    endOf(listed.length, directory.length, isLarge ? 0xffffffff : offset),
  ]);
}

function entryOf({ name, packed, sizeBytes, offset }: Listed, extra = Buffer.alloc(0)): Buffer {
  const isLarge = extra.length > 0;
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(isLarge ? 0xffffffff : packed.length, 20);
  entry.writeUInt32LE(isLarge ? 0xffffffff : sizeBytes, 24);
  entry.writeUInt16LE(Buffer.byteLength(name), 28);
  entry.writeUInt16LE(extra.length, 30);
  entry.writeUInt32LE(isLarge ? 0xffffffff : offset, 42);
  return Buffer.concat([entry, Buffer.from(name), extra]);
}

/** Behind another extra field, as programs write them. */
function largeEntry(listed: Listed): Buffer {
  const extra = Buffer.alloc(5 + 28);
  extra.writeUInt16LE(0x9999, 0);
  extra.writeUInt16LE(1, 2);
  extra.writeUInt16LE(1, 5);
  extra.writeUInt16LE(24, 7);
  extra.writeBigUInt64LE(BigInt(listed.sizeBytes), 9);
  extra.writeBigUInt64LE(BigInt(listed.packed.length), 17);
  extra.writeBigUInt64LE(BigInt(listed.offset), 25);
  return entryOf(listed, extra);
}

function largeEnd(length: number, offset: number): Buffer {
  const end = Buffer.alloc(56 + 20);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(BigInt(length), 40);
  end.writeBigUInt64LE(BigInt(offset), 48);
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(offset + length), 64);
  return end;
}

function endOf(count: number, length: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(length, 12);
  end.writeUInt32LE(offset, 16);
  return end;
}

/** A PNG of one colour; its checksums are zero, which no reader of sizes minds. */
export function png(width: number, height: number): Buffer {
  const chunk = (kind: string, data: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, Buffer.from(kind), data, Buffer.alloc(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const pixels = deflateSync(Buffer.alloc(height * (width + 1)));
  const signature = Buffer.from([0x89, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
