import { extname } from 'node:path';
import type { DatasetFormat } from '@hearth/contract';
import { type ArrayHeader, readNpyHeader, readSafetensorsHeader } from './array-header.ts';
import { CsvReader } from './csv.ts';
import { type Facts, type Found, mostNamed, nothingFound, Unreadable } from './facts.ts';
import { FileWindow } from './file-window.ts';
import { readImageZip } from './image-zip.ts';
import { JsonCounter } from './json-counter.ts';
import { readParquet } from './parquet.ts';
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
const longestLine = 4 * 1024 * 1024;
/** Shorter lines cannot be nested deeply enough to matter. */
const carelessLine = 64 * 1024;

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
  npy: readNpy,
  npz: readNpz,
  safetensors: readSafetensors,
  parquet: readParquet,
  zip: readImageZip,
  other: async () => nothingFound,
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
  return { ...nothingFound, sampleCount: rows - 1, columns, dimensions: [rows - 1, columns.length] };
}

/** Characters are code points, as PostgreSQL counts them. */
async function readText(file: FileWindow): Promise<Found> {
  let characters = 0;
  for await (const text of file.text()) {
    if (text.includes('\0')) throw new Unreadable('The text holds NUL characters; it is a binary file.');
    for (const _ of text) characters += 1;
  }
  return { ...nothingFound, sampleCount: characters };
}

async function readJson(file: FileWindow): Promise<Found> {
  const counter = new JsonCounter();
  for await (const text of file.text()) counter.push(text);
  const sampleCount = counter.end();
  if (!counter.isContainer) throw new Unreadable('The JSON text is neither an array nor an object.');
  return { ...nothingFound, sampleCount };
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
  return { ...nothingFound, sampleCount: count };
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

/** Named arrays; the first one's length is the number of samples. */
function ofArrays(arrays: ({ name: string } & ArrayHeader)[]): Found {
  const [first] = arrays;
  if (!first) return nothingFound;
  const details = { arrays: arrays.slice(0, mostNamed) };
  return { ...nothingFound, sampleCount: first.shape[0] ?? null, dimensions: first.shape, details };
}

async function readNpy(file: FileWindow): Promise<Found> {
  return ofArrays([{ name: '', ...readNpyHeader(await file.read(0, 65_536)) }]);
}

async function readNpz(file: FileWindow): Promise<Found> {
  const arrays: ({ name: string } & ArrayHeader)[] = [];
  for await (const entry of listZip(file)) {
    if (!entry.name.endsWith('.npy') || arrays.length === mostNamed) continue;
    arrays.push({ name: entry.name.slice(0, -4), ...readNpyHeader(await readZipHead(file, entry)) });
  }
  if (arrays.length === 0) throw new Unreadable('The archive holds no NumPy array.');
  return ofArrays(arrays);
}

async function readSafetensors(file: FileWindow): Promise<Found> {
  const head = await file.read(0, 8);
  const tensors = await readSafetensorsHeader(head, (length) => file.read(8, length), file.sizeBytes);
  return ofArrays([...tensors].map(([name, header]) => ({ name: name.slice(0, 500), ...header })));
}
