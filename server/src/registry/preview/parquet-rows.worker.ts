import { parentPort, workerData } from 'node:worker_threads';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { type Compressors, parquetReadObjects, snappyUncompress } from 'hyparquet';
import { FileWindow } from '../facts/file-window.ts';
import { parquetSource, readParquetFooter, topColumns } from '../facts/parquet.ts';
import type { ParquetRows } from './parquet-preview.ts';
import { shown } from './table.ts';

const mostColumns = 50;
const mostBytes = 64 * 1024 * 1024;

const bounded = (unpack: (packed: Uint8Array, length: number) => Uint8Array) => {
  return (packed: Uint8Array, length: number) => {
    if (length > mostBytes) throw new Error('a page is larger than 64 MB unpacked');
    return unpack(packed, length);
  };
};
const compressors: Compressors = {
  SNAPPY: bounded((packed, length) => {
    const page = new Uint8Array(length);
    snappyUncompress(packed, page);
    return page;
  }),
  GZIP: bounded((packed, maxOutputLength) => gunzipSync(packed, { maxOutputLength })),
  BROTLI: bounded((packed, maxOutputLength) => brotliDecompressSync(packed, { maxOutputLength })),
  ZSTD: bounded((packed, maxOutputLength) => zstdDecompressSync(packed, { maxOutputLength })),
};

async function firstRows(path: string, count: number): Promise<ParquetRows> {
  await using window = await FileWindow.open(path);
  const metadata = await readParquetFooter(window);
  const columns = topColumns(metadata.schema)
    .map(({ name }) => name)
    .slice(0, mostColumns);
  const rowEnd = Math.min(count, Number(metadata.num_rows));
  const file = parquetSource(window, mostBytes);
  const reading = { file, metadata, columns, rowEnd, compressors, useOffsetIndex: true };
  const rows = rowEnd === 0 ? [] : await parquetReadObjects(reading);
  return { columns, rows: rows.map((row) => columns.map((column) => shown(row[column]))) };
}

const { path, rows } = workerData as { path: string; rows: number };
parentPort?.postMessage(await firstRows(path, rows));
