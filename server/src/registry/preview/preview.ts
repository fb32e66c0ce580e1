import type { DatasetDetails, DatasetFormat, DatasetPreview } from '@hearth/contract';
import { CsvReader } from '../facts/csv.ts';
import { FileWindow } from '../facts/file-window.ts';
import { previewImages } from './image-preview.ts';
import { firstElements, firstLines } from './json-head.ts';
import { previewParquet } from './parquet-preview.ts';
import { asTable, shown } from './table.ts';

const headBytes = 256 * 1024;
const textCharacters = 4000;
const nothing: DatasetPreview = {
  columns: null,
  rows: null,
  text: null,
  images: null,
  arrays: null,
  note: null,
};
interface Known {
  format: DatasetFormat;
  details: DatasetDetails | null;
}

/** The first rows of a table, the beginning of a text, a few pictures, or the arrays; only a part of the file is read. */
export async function previewFile(
  path: string,
  { format, details }: Known,
  rows: number,
): Promise<DatasetPreview> {
  if (format === 'parquet') return { ...nothing, ...(await previewParquet(path, rows)) };
  if (details?.arrays) return { ...nothing, arrays: details.arrays };
  if (format === 'other') return nothing;
  await using file = await FileWindow.open(path);
  if (format === 'zip') return { ...nothing, images: await previewImages(file) };
  return { ...nothing, ...(await previewText(file, format, rows)) };
}

async function previewText(file: FileWindow, format: DatasetFormat, rows: number) {
  const isWhole = file.sizeBytes <= headBytes;
  const head = new TextDecoder('utf-8').decode(await file.read(0, headBytes), { stream: !isWhole });
  if (format === 'csv') {
    const [columns = [], ...table] = firstRows(head, rows + 1, isWhole);
    return { columns, rows: table };
  }
  const text = [...head.slice(0, 2 * textCharacters)].slice(0, textCharacters).join('');
  if (format === 'text') return { text };
  const values = format === 'jsonl' ? firstLines(head, rows, isWhole) : firstElements(head, rows);
  return { ...asTable(values), text };
}

/** A row that the head cuts off is left out. */
function firstRows(head: string, count: number, isWhole: boolean): string[][] {
  const found: string[][] = [];
  const reader = new CsvReader((row) => {
    if (found.length < count) found.push(row.map(shown));
  });
  reader.push(head);
  if (isWhole) reader.end();
  return found;
}
