import type { DatasetFormat } from '@hearth/contract';
import { CsvReader } from './facts/csv.ts';
import { FileWindow } from './facts/file-window.ts';

export interface Preview {
  columns: string[] | null;
  rows: string[][] | null;
  text: string | null;
}
const headBytes = 256 * 1024;
const textCharacters = 4000;

/** The first rows of a table or the beginning of a text, read from the head of the file only. */
export async function previewFile(path: string, format: DatasetFormat, rows: number): Promise<Preview> {
  const none = { columns: null, rows: null, text: null };
  if (!['csv', 'text', 'json', 'jsonl'].includes(format)) return none;
  await using file = await FileWindow.open(path);
  const head = new TextDecoder('utf-8').decode(await file.read(0, headBytes), {
    stream: file.sizeBytes > headBytes,
  });
  if (format !== 'csv')
    return { ...none, text: [...head.slice(0, 2 * textCharacters)].slice(0, textCharacters).join('') };
  const [columns = [], ...table] = firstRows(head, rows + 1, file.sizeBytes <= headBytes);
  return { ...none, columns, rows: table };
}

/** A row that the head cuts off is left out. */
function firstRows(head: string, count: number, isWhole: boolean): string[][] {
  const found: string[][] = [];
  const reader = new CsvReader((row) => {
    if (found.length < count) found.push(row.map((cell) => cell.slice(0, 500)));
  });
  reader.push(head);
  if (isWhole) reader.end();
  return found;
}
