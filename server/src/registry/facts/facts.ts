import type { DatasetDetails, DatasetFormat } from '@hearth/contract';

/** What the content of a data set tells of itself. */
export interface Facts {
  format: DatasetFormat;
  sampleCount: number | null;
  dimensions: number[] | null;
  columns: string[] | null;
  details: DatasetDetails | null;
}

/** Facts without what the file's name says. */
export type Found = Omit<Facts, 'format'>;
export const nothingFound: Found = { sampleCount: null, dimensions: null, columns: null, details: null };
/** More names than these are counted, not listed. */
export const mostNamed = 1000;

/** The content is not what the file's name promises; the message says where. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}
