import { AppError } from '../platform/errors.ts';
import type { BlobsService, IncomingFile } from './blobs.service.ts';
import { Unreadable } from './facts/facts.ts';

/** A file that has arrived, on its way to becoming a version. */
export interface NewFile {
  name: string;
  isNewVersion: boolean;
  file: IncomingFile;
  fileName: string;
  /** The run that made it. */
  runId?: string | undefined;
  createdBy: string;
}

/** Where uploads go: one for models, one for data sets. */
export interface Intake {
  /** Asked before a long upload, so that it is not made in vain; `take` decides. */
  requireFree(name: string): Promise<void>;
  /** Makes the file a version; refused, the file is gone. */
  take(file: NewFile): Promise<{ name: string; version: number; sizeMb: number }>;
}

/** Reads what a file tells of itself; unreadable, it is discarded and refused with `code`. */
export async function inspected<T>(
  blobs: BlobsService,
  file: IncomingFile,
  code: 'model.unreadable' | 'dataset.unreadable',
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    await blobs.discard(file);
    throw error instanceof Unreadable ? new AppError(code, error.message) : error;
  }
}
