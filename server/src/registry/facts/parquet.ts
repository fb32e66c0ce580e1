import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, type SchemaElement } from 'hyparquet';
import { type Found, nothingFound, Unreadable } from './facts.ts';
import type { FileWindow } from './file-window.ts';

const mostFooterBytes = 16 * 1024 * 1024;

/** A file as hyparquet reads it; no slice is larger than `mostBytes`. */
export function parquetSource(file: FileWindow, mostBytes: number): AsyncBuffer {
  const slice = async (start: number, end = file.sizeBytes) => {
    if (end - start > mostBytes)
      throw new Unreadable(`A part of the Parquet file is larger than ${mostBytes >> 20} MB.`);
    const bytes = await file.read(start, end - start);
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  };
  return { byteLength: file.sizeBytes, slice };
}

/** The footer: schema and row groups. */
export async function readParquetFooter(file: FileWindow): Promise<FileMetaData> {
  try {
    return await parquetMetadataAsync(parquetSource(file, mostFooterBytes));
  } catch (cause) {
    if (cause instanceof Unreadable)
      throw new Unreadable('The footer of the Parquet file is larger than 16 MB.', { cause });
    throw new Unreadable('The Parquet file has no readable footer.', { cause });
  }
}

/** The columns of the table; what lies inside a nested one is its own affair. */
export function topColumns(schema: readonly SchemaElement[]): SchemaElement[] {
  const columns: SchemaElement[] = [];
  let at = 1;
  const skip = () => {
    const children = schema[at]?.num_children ?? 0;
    at += 1;
    for (let child = 0; child < children && at < schema.length; child += 1) skip();
  };
  while (at < schema.length) {
    columns.push(schema[at]!);
    skip();
  }
  return columns;
}

export async function readParquet(file: FileWindow): Promise<Found> {
  const { num_rows, schema } = await readParquetFooter(file);
  const columns = topColumns(schema);
  const rows = Number(num_rows);
  return {
    ...nothingFound,
    sampleCount: rows,
    columns: columns.map(({ name }) => name),
    dimensions: [rows, columns.length],
    details: { types: columns.map(typeOf) },
  };
}

function typeOf({ type, logical_type: logical, converted_type: converted, num_children }: SchemaElement) {
  if (num_children !== undefined) return converted?.toLowerCase() ?? 'group';
  return (logical?.type ?? converted ?? type ?? 'unknown').toLowerCase();
}
