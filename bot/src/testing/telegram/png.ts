import { crc32, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const channels: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

interface Picture {
  width: number;
  height: number;
  /** Rows as they are stored, each with its filter before it. */
  rows: Buffer;
}

/** A PNG read to its last row: its size; throws for what no reader would show. */
export function readPng(bytes: Buffer): Picture {
  if (!bytes.subarray(0, 8).equals(SIGNATURE)) throw new Error('not a PNG');
  const chunks: { type: string; data: Buffer }[] = [];
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const body = bytes.subarray(at + 4, at + 8 + length);
    if (crc32(body) !== bytes.readUInt32BE(at + 8 + length)) throw new Error('a chunk is damaged');
    chunks.push({ type: body.toString('latin1', 0, 4), data: body.subarray(4) });
    at += length + 12;
  }
  const [head, last] = [chunks[0], chunks.at(-1)];
  if (head?.type !== 'IHDR' || last?.type !== 'IEND') throw new Error('it has no head or no end');
  const [width, height] = [head.data.readUInt32BE(0), head.data.readUInt32BE(4)];
  const [depth, colour] = [head.data[8]!, head.data[9]!];
  const rows = inflateSync(
    Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)),
  );
  const rowBytes = Math.ceil((width * depth * (channels[colour] ?? 0)) / 8) + 1;
  if (rows.length !== rowBytes * height) throw new Error('rows are missing');
  return { width, height, rows };
}
