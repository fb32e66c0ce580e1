export interface ImageSize {
  format: string;
  width: number;
  height: number;
}

/** Format and size of a picture from its first bytes; undefined for what is none, or one not known here. */
export function readImageSize(head: Buffer): ImageSize | undefined {
  try {
    return png(head) ?? gif(head) ?? bmp(head) ?? webp(head) ?? jpeg(head);
  } catch (error) {
    // The head ends before its size was told.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const text = (bytes: Buffer, start: number, end: number) => bytes.toString('latin1', start, end);

function png(head: Buffer): ImageSize | undefined {
  if (text(head, 0, 8) !== '\x89PNG\r\n\x1a\n') return undefined;
  return { format: 'png', width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
}

function gif(head: Buffer): ImageSize | undefined {
  if (!/^GIF8[79]a$/.test(text(head, 0, 6))) return undefined;
  return { format: 'gif', width: head.readUInt16LE(6), height: head.readUInt16LE(8) };
}

/** A negative height says that the rows go downwards. */
function bmp(head: Buffer): ImageSize | undefined {
  if (text(head, 0, 2) !== 'BM') return undefined;
  return { format: 'bmp', width: Math.abs(head.readInt32LE(18)), height: Math.abs(head.readInt32LE(22)) };
}

/** RFC 9649: VP8X, lossless and lossy keep their size in different places. */
function webp(head: Buffer): ImageSize | undefined {
  if (text(head, 0, 4) !== 'RIFF' || text(head, 8, 12) !== 'WEBP') return undefined;
  const kind = text(head, 12, 16);
  if (kind === 'VP8X')
    return { format: 'webp', width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 };
  if (kind === 'VP8L') {
    const bits = head.readUInt32LE(21);
    return { format: 'webp', width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
  }
  return { format: 'webp', width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff };
}

/** The size stands in the frame header: SOF0 to SOF15 without the markers DHT, JPG and DAC among them. */
function jpeg(head: Buffer): ImageSize | undefined {
  if (head.length < 4 || head.readUInt16BE(0) !== 0xffd8) return undefined;
  let at = 2;
  for (;;) {
    const marker = head.readUInt16BE(at);
    if (marker < 0xff01) return undefined;
    const code = marker & 0xff;
    const isFrame = code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8 && code !== 0xcc;
    if (isFrame)
      return { format: 'jpeg', height: head.readUInt16BE(at + 5), width: head.readUInt16BE(at + 7) };
    at += 2 + head.readUInt16BE(at + 2);
  }
}
