import { inflateRawSync } from 'node:zlib';
import { Unreadable } from './facts.ts';
import type { FileWindow } from './file-window.ts';

export interface ZipEntry {
  name: string;
  method: number;
  compressedBytes: number;
  sizeBytes: number;
  offset: number;
}

const fixedBytes = 46;
const stepBytes = 1 << 20;
const beyond32 = 0xffffffff;

/** The entries of a zip (also Zip64) from its central directory (APPNOTE 4.3), one by one; nothing is unpacked. */
export async function* listZip(file: FileWindow): AsyncGenerator<ZipEntry> {
  const tail = await file.read(Math.max(0, file.sizeBytes - 65_557), 65_557);
  const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0 || end + 22 > tail.length)
    throw new Unreadable('This is not a complete zip: its directory is missing.');
  const { offset, length } = (await findLargeDirectory(file, tail, end)) ?? {
    offset: tail.readUInt32LE(end + 16),
    length: tail.readUInt32LE(end + 12),
  };
  if (!(offset + length <= file.sizeBytes))
    throw new Unreadable('The directory of the zip does not fit the file.');
  let rest: Buffer = Buffer.alloc(0);
  for (let at = 0; at < length; at += stepBytes) {
    const step = await file.read(offset + at, Math.min(stepBytes, length - at));
    rest = yield* readDirectory(Buffer.concat([rest, step]));
  }
}

/** Where a Zip64 keeps its directory (APPNOTE 4.3.14 and 4.3.15); undefined for a plain zip. */
async function findLargeDirectory(file: FileWindow, tail: Buffer, end: number) {
  if (end < 20 || tail.readUInt32LE(end - 20) !== 0x07064b50) return undefined;
  const record = await file.read(Number(tail.readBigUInt64LE(end - 12)), 56);
  if (record.length < 56 || record.readUInt32LE(0) !== 0x06064b50)
    throw new Unreadable('The directory of the zip is damaged.');
  return { length: Number(record.readBigUInt64LE(40)), offset: Number(record.readBigUInt64LE(48)) };
}

/** The whole entries at the beginning of these bytes; returns what is left of them. */
function* readDirectory(directory: Buffer): Generator<ZipEntry, Buffer> {
  let at = 0;
  while (at + fixedBytes <= directory.length) {
    if (directory.readUInt32LE(at) !== 0x02014b50)
      throw new Unreadable('The directory of the zip is damaged.');
    const nameEnd = at + fixedBytes + directory.readUInt16LE(at + 28);
    const extraEnd = nameEnd + directory.readUInt16LE(at + 30);
    const next = extraEnd + directory.readUInt16LE(at + 32);
    if (next > directory.length) break;
    const name = directory.toString('utf8', at + fixedBytes, nameEnd);
    if (leavesItsFolder(name))
      throw new Unreadable(`The zip holds a name that leads out of it: ${name.slice(0, 100)}`);
    const [sizeBytes, compressedBytes, offset] = largeNumbers(directory.subarray(nameEnd, extraEnd), [
      directory.readUInt32LE(at + 24),
      directory.readUInt32LE(at + 20),
      directory.readUInt32LE(at + 42),
    ]);
    yield { name, method: directory.readUInt16LE(at + 10), compressedBytes, sizeBytes, offset };
    at = next;
  }
  return directory.subarray(at);
}

const leavesItsFolder = (name: string) =>
  /^([\\/]|[A-Za-z]:)|\0/.test(name) || name.split(/[\\/]/).includes('..');

/** What does not fit into 32 bits stands in the extra field 1, in this order (APPNOTE 4.5.3). */
function largeNumbers(extra: Buffer, plain: [number, number, number]): [number, number, number] {
  if (!plain.includes(beyond32)) return plain;
  let at = 0;
  while (at + 4 <= extra.length && extra.readUInt16LE(at) !== 1) at += 4 + extra.readUInt16LE(at + 2);
  at += 4;
  return plain.map((value) => {
    if (value !== beyond32) return value;
    at += 8;
    if (at > extra.length) throw new Unreadable('The directory of the zip is damaged.');
    return Number(extra.readBigUInt64LE(at - 8));
  }) as [number, number, number];
}

const headBytes = 65_536;

/** The first bytes of an entry; at most 64 kB are unpacked, so a bomb stays small. */
export function readZipHead(file: FileWindow, entry: ZipEntry): Promise<Buffer> {
  return unpack(file, entry, headBytes, 1 << 20);
}

/** An entry whole; undefined when it is, packed or unpacked, larger than `most` bytes. */
export async function readZipEntry(file: FileWindow, entry: ZipEntry, most: number) {
  if (entry.compressedBytes > most || entry.sizeBytes > most) return undefined;
  return unpack(file, entry, most, most);
}

async function unpack(file: FileWindow, entry: ZipEntry, mostPacked: number, most: number): Promise<Buffer> {
  const local = await file.read(entry.offset, 30);
  if (local.length < 30 || local.readUInt32LE(0) !== 0x04034b50)
    throw new Unreadable('An entry of the zip is damaged.');
  const start = entry.offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
  const packed = await file.read(start, Math.min(entry.compressedBytes, mostPacked));
  if (entry.method === 0) return packed;
  if (entry.method !== 8) throw new Unreadable('An entry of the zip is packed in an unknown way.');
  try {
    return inflateRawSync(packed, { finishFlush: 2, maxOutputLength: most });
  } catch (cause) {
    throw new Unreadable('An entry of the zip is damaged.', { cause });
  }
}
