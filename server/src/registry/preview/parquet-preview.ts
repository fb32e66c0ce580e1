import { Worker } from 'node:worker_threads';

export interface ParquetRows {
  columns: string[];
  rows: string[][];
}
const patienceMs = 10_000;

/**
 * The first rows of a Parquet file. Decoding is done beside: its pages may be packed so that they take long or much,
 * and then the worker is ended without a loss.
 */
export async function previewParquet(path: string, rows: number): Promise<ParquetRows | { note: string }> {
  const worker = new Worker(new URL('./parquet-rows.worker.ts', import.meta.url), {
    workerData: { path, rows },
    resourceLimits: { maxOldGenerationSizeMb: 256 },
    stderr: true,
  });
  const timer = setTimeout(() => worker.terminate(), patienceMs);
  try {
    return await new Promise((resolve) => {
      worker.once('message', resolve);
      worker.once('error', (error) => resolve({ note: `The rows cannot be shown: ${error.message}` }));
      worker.once('exit', () => resolve({ note: 'The rows cannot be shown: reading them takes too long.' }));
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
