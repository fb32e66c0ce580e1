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

/** The entries of a zip from its central directory (APPNOTE 4.3), one by one; nothing is unpacked. Zip64 is not read. */
export async function* listZip(file: FileWindow): AsyncGenerator<ZipEntry> {
  const tail = await file.read(Math.max(0, file.sizeBytes - 65_557), 65_557);
  const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0 || end + 22 > tail.length)
    throw new Unreadable('This is not a complete zip: its directory is missing.');
  const length = tail.readUInt32LE(end + 12);
  const offset = tail.readUInt32LE(end + 16);
  if (offset === 0xffffffff || offset + length > file.sizeBytes)
    throw new Unreadable('The directory of the zip does not fit the file.');
  let rest: Buffer = Buffer.alloc(0);
  for (let at = 0; at < length; at += stepBytes) {
    const step = await file.read(offset + at, Math.min(stepBytes, length - at));
    rest = yield* readDirectory(Buffer.concat([rest, step]));
  }
}

/** The whole entries at the beginning of these bytes; returns what is left of them. */
function* readDirectory(directory: Buffer): Generator<ZipEntry, Buffer> {
  let at = 0;
  while (at + fixedBytes <= directory.length) {
    if (directory.readUInt32LE(at) !== 0x02014b50)
      throw new Unreadable('The directory of the zip is damaged.');
    const nameLength = directory.readUInt16LE(at + 28);
    const next =
      at + fixedBytes + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    if (next > directory.length) break;
    yield {
      name: directory.toString('utf8', at + fixedBytes, at + fixedBytes + nameLength),
      method: directory.readUInt16LE(at + 10),
      compressedBytes: directory.readUInt32LE(at + 20),
      sizeBytes: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    };
    at = next;
  }
  return directory.subarray(at);
}

/** The first bytes of an entry; at most 64 kB are unpacked, so a bomb stays small. */
export async function readZipHead(file: FileWindow, entry: ZipEntry): Promise<Buffer> {
  const local = await file.read(entry.offset, 30);
  if (local.length < 30 || local.readUInt32LE(0) !== 0x04034b50)
    throw new Unreadable('An entry of the zip is damaged.');
  const start = entry.offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
  const packed = await file.read(start, Math.min(entry.compressedBytes, 65_536));
  if (entry.method === 0) return packed;
  if (entry.method !== 8) throw new Unreadable('An entry of the zip is packed in an unknown way.');
  try {
    return inflateRawSync(packed, { finishFlush: 2, maxOutputLength: 1 << 20 });
  } catch (cause) {
    throw new Unreadable('An entry of the zip is damaged.', { cause });
  }
}
