import type { FileWindow } from '../facts/file-window.ts';
import { readImageSize } from '../facts/image-size.ts';
import { isImage, labelOf } from '../facts/image-zip.ts';
import { listZip, readZipEntry, type ZipEntry } from '../facts/zip.ts';

const most = 12;
const mostBytes = 256 * 1024;
const looked = 100_000;
const isShowable = (format: string) => ['png', 'jpeg', 'gif', 'webp'].includes(format);

/** A few small pictures of a zip, from as many folders as there are. */
export async function previewImages(file: FileWindow) {
  const images: { name: string; label: string | null; url: string }[] = [];
  for (const entry of await chooseEntries(file)) {
    const bytes = await readZipEntry(file, entry, mostBytes);
    const format = bytes && readImageSize(bytes)?.format;
    if (!bytes || !format || !isShowable(format)) continue;
    const url = `data:image/${format};base64,${bytes.toString('base64')}`;
    images.push({ name: entry.name.slice(-300), label: labelOf(entry.name), url });
  }
  return images;
}

/** The first of each folder, then further ones. */
async function chooseEntries(file: FileWindow): Promise<ZipEntry[]> {
  const firsts = new Map<string | null, ZipEntry>();
  const others: ZipEntry[] = [];
  let count = 0;
  for await (const entry of listZip(file)) {
    count += 1;
    if (count > looked || firsts.size === most) break;
    if (!isImage(entry) || entry.sizeBytes > mostBytes) continue;
    const label = labelOf(entry.name);
    if (!firsts.has(label)) firsts.set(label, entry);
    else if (others.length < most) others.push(entry);
  }
  return [...firsts.values(), ...others].slice(0, most);
}
