import { extname } from 'node:path';
import type { DatasetFormat } from '@hearth/contract';
import { parquetMetadataAsync } from 'hyparquet';
import { readNpyShape, readSafetensorsShapes } from './array-header.ts';
import { CsvReader } from './csv.ts';
import { type Facts, Unreadable } from './facts.ts';
import { FileWindow } from './file-window.ts';
import { JsonCounter } from './json-counter.ts';
import { listZip, readZipHead } from './zip.ts';

const byExtension: Record<string, DatasetFormat> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.txt': 'text',
  '.md': 'text',
  '.json': 'json',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.npy': 'npy',
  '.npz': 'npz',
  '.safetensors': 'safetensors',
  '.parquet': 'parquet',
  '.zip': 'zip',
};
const nothing = { sampleCount: null, dimensions: null, columns: null };
const longestLine = 4 * 1024 * 1024;
/** Shorter lines cannot be nested deeply enough to matter. */
const carelessLine = 64 * 1024;
const mostFooterBytes = 16 * 1024 * 1024;
type Found = Omit<Facts, 'format'>;

/** Reads what a data set's content tells: rows, columns, shapes. The name only says which reader to ask. */
export async function readFacts(path: string, fileName: string): Promise<Facts> {
  const format = byExtension[extname(fileName).toLowerCase()] ?? 'other';
  await using file = await FileWindow.open(path);
  if (file.sizeBytes === 0) throw new Unreadable('The file is empty.');
  try {
    return { format, ...(await readers[format](file)) };
  } catch (error) {
    if (error instanceof TypeError && 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw new Unreadable('The text is not UTF-8.', { cause: error });
    throw error;
  }
}

const readers: Record<DatasetFormat, (file: FileWindow) => Promise<Found>> = {
  csv: readCsv,
  text: readText,
  json: readJson,
  jsonl: readJsonLines,
  npy: async (file) => shaped(readNpyShape(await file.read(0, 65_536))),
  npz: readNpz,
  safetensors: readSafetensors,
  parquet: readParquet,
  zip: countImages,
  other: async () => nothing,
};

async function readCsv(file: FileWindow): Promise<Found> {
  let rows = 0;
  let columns: string[] = [];
  const reader = new CsvReader((row) => {
    if (rows === 0) columns = row;
    rows += 1;
  });
  for await (const text of file.text()) reader.push(text);
  reader.end();
  if (rows < 2) throw new Unreadable('The table has no rows below its header.');
  return { sampleCount: rows - 1, columns, dimensions: [rows - 1, columns.length] };
}

/** Characters are code points, as PostgreSQL counts them. */
async function readText(file: FileWindow): Promise<Found> {
  let characters = 0;
  for await (const text of file.text()) {
    if (text.includes('\0')) throw new Unreadable('The text holds NUL characters; it is a binary file.');
    for (const _ of text) characters += 1;
  }
  return { ...nothing, sampleCount: characters };
}

async function readJson(file: FileWindow): Promise<Found> {
  const counter = new JsonCounter();
  for await (const text of file.text()) counter.push(text);
  const sampleCount = counter.end();
  if (!counter.isContainer) throw new Unreadable('The JSON text is neither an array nor an object.');
  return { ...nothing, sampleCount };
}

async function readJsonLines(file: FileWindow): Promise<Found> {
  let count = 0;
  let rest = '';
  const take = (line: string) => {
    if (line.trim() === '') return;
    count += 1;
    if (!isJson(line)) throw new Unreadable(`Line ${count} is not JSON.`);
  };
  for await (const text of file.text()) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestLine)
      throw new Unreadable(`Line ${count + lines.length + 1} is longer than 4 MB.`);
    lines.forEach(take);
  }
  take(rest);
  return { ...nothing, sampleCount: count };
}

function isJson(text: string): boolean {
  if (text.length > carelessLine) new JsonCounter().push(text);
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const shaped = (shape: number[]): Found => ({ ...nothing, sampleCount: shape[0] ?? null, dimensions: shape });

async function readNpz(file: FileWindow): Promise<Found> {
  for await (const entry of listZip(file))
    if (entry.name.endsWith('.npy')) return shaped(readNpyShape(await readZipHead(file, entry)));
  throw new Unreadable('The archive holds no NumPy array.');
}

async function readSafetensors(file: FileWindow): Promise<Found> {
  const shapes = await readSafetensorsShapes(
    await file.read(0, 8),
    (length) => file.read(8, length),
    file.sizeBytes,
  );
  const [first] = shapes.values();
  return first ? shaped(first) : nothing;
}

async function readParquet(file: FileWindow): Promise<Found> {
  const slice = async (start: number, end = file.sizeBytes) => {
    if (end - start > mostFooterBytes)
      throw new Unreadable('The footer of the Parquet file is larger than 16 MB.');
    const bytes = await file.read(start, end - start);
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  };
  try {
    const { num_rows, schema } = await parquetMetadataAsync({ byteLength: file.sizeBytes, slice });
    const columns = schema.filter((element) => element.num_children === undefined).map(({ name }) => name);
    return { sampleCount: Number(num_rows), columns, dimensions: [Number(num_rows), columns.length] };
  } catch (cause) {
    if (cause instanceof Unreadable) throw cause;
    throw new Unreadable('The Parquet file has no readable footer.', { cause });
  }
}

async function countImages(file: FileWindow): Promise<Found> {
  let images = 0;
  for await (const { name } of listZip(file)) if (isImage(name)) images += 1;
  return { ...nothing, sampleCount: images > 0 ? images : null };
}

const isImage = (name: string) => /\.(png|jpe?g|gif|bmp|webp|tiff?)$/i.test(name);
