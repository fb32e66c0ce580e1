import type { DatasetFormat } from '@hearth/contract';

/** What the content of a data set tells of itself. */
export interface Facts {
  format: DatasetFormat;
  sampleCount: number | null;
  dimensions: number[] | null;
  columns: string[] | null;
}

/** The content is not what the file's name promises; the message says where. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}
