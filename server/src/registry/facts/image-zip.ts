import type { DatasetDetails } from '@hearth/contract';
import { type Found, mostNamed, nothingFound } from './facts.ts';
import type { FileWindow } from './file-window.ts';
import { readImageSize } from './image-size.ts';
import { listZip, readZipHead, type ZipEntry } from './zip.ts';

/** Pictures a person put there; systems add hidden twins of their own. */
export const isImage = ({ name }: Pick<ZipEntry, 'name'>) =>
  /\.(png|jpe?g|gif|bmp|webp|tiff?)$/i.test(name) && !/(^|\/)(\.|__MACOSX\/)/.test(name);

/** The class of a picture is the folder that holds it. */
export const labelOf = (name: string): string | null => name.split('/').at(-2)?.slice(0, 200) ?? null;

/** Counts the images of a zip by folder; of the first one its size is read. */
export async function readImageZip(file: FileWindow): Promise<Found> {
  const counts = new Map<string, number>();
  let [files, unpackedBytes, images] = [0, 0, 0];
  let first: ZipEntry | undefined;
  for await (const entry of listZip(file)) {
    if (entry.name.endsWith('/')) continue;
    files += 1;
    unpackedBytes += entry.sizeBytes;
    if (!isImage(entry)) continue;
    images += 1;
    first ??= entry;
    const label = labelOf(entry.name);
    if (label !== null && (counts.has(label) || counts.size < mostNamed))
      counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const totals = { files, unpacked_bytes: unpackedBytes };
  if (!first) return { ...nothingFound, details: totals };
  const image = readImageSize(await readZipHead(file, first));
  return {
    ...nothingFound,
    sampleCount: images,
    dimensions: image ? [images, image.height, image.width] : [images],
    details: { ...totals, ...(image && { image }), ...(counts.size > 0 && { classes: classesOf(counts) }) },
  };
}

const classesOf = (counts: Map<string, number>): DatasetDetails['classes'] =>
  [...counts].map(([name, count]) => ({ name, count })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
