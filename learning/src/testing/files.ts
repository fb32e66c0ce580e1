/** The room's bundled data sets, for tests. */
import { readFileSync } from 'node:fs';
import type { TrainingData } from '../training/run.ts';

const folder = new URL('../../datasets/', import.meta.url);

/** A bundled data set by file name: iris.csv, digits.csv, alice.txt. */
export function bundled(name: string): TrainingData & { bytes: Uint8Array } {
  return { bytes: readFileSync(new URL(name, folder)), format: name.endsWith('.csv') ? 'csv' : 'text' };
}
