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

const maxEntries = 1_000_000;
const maxDirectoryBytes = 256 * 1024 * 1024;

/** The entries of a zip from its central directory (APPNOTE 4.3); nothing is unpacked. Zip64 is not read. */
export async function listZip(file: FileWindow): Promise<ZipEntry[]> {
  const tail = await file.read(Math.max(0, file.sizeBytes - 65_557), 65_557);
  const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0 || end + 22 > tail.length)
    throw new Unreadable('This is not a complete zip: its directory is missing.');
  const count = tail.readUInt16LE(end + 10);
  const length = tail.readUInt32LE(end + 12);
  const offset = tail.readUInt32LE(end + 16);
  if (
    offset === 0xffffffff ||
    count > maxEntries ||
    length > maxDirectoryBytes ||
    offset + length > file.sizeBytes
  )
    throw new Unreadable('The directory of the zip does not fit the file.');
  return readDirectory(await file.read(offset, length));
}

function readDirectory(directory: Buffer): ZipEntry[] {
  const entries: ZipEntry[] = [];
  for (let at = 0; at + 46 <= directory.length; ) {
    if (directory.readUInt32LE(at) !== 0x02014b50)
      throw new Unreadable('The directory of the zip is damaged.');
    const nameLength = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameLength),
      method: directory.readUInt16LE(at + 10),
      compressedBytes: directory.readUInt32LE(at + 20),
      sizeBytes: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
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
