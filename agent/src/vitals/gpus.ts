import { execFile } from 'node:child_process';
import type { Vitals } from '@hearth/contract';

export type Gpu = Vitals['gpus'][number];

const fields = 'name,utilization.gpu,memory.used,memory.total,temperature.gpu';
const mebibyte = 1024 * 1024;

/** Reads `nvidia-smi --query-gpu=… --format=csv,noheader,nounits`; a field it does not know is null or 0 bytes. */
export function parseNvidiaSmi(output: string): Gpu[] {
  return output.split('\n').flatMap((line) => {
    const cells = line.split(', ').map((cell) => cell.trim());
    if (cells.length !== 5) return []; // empty lines, and the driver's error messages
    const [name = '', ...figures] = cells;
    const [utilization, used, total, temperature] = figures.map(figure);
    return [
      {
        name,
        utilization: utilization === undefined ? null : Math.min(1, Math.max(0, utilization / 100)),
        memory_used_bytes: (used ?? 0) * mebibyte,
        memory_total_bytes: (total ?? 0) * mebibyte,
        temperature_celsius: temperature ?? null,
      },
    ];
  });
}

const figure = (cell: string): number | undefined => (/^\d+(\.\d+)?$/.test(cell) ? Number(cell) : undefined);

/** Asks nvidia-smi at most every `everyMs`; where the program does not exist it is asked once and never again. */
export function createGpuReader({
  program = 'nvidia-smi',
  everyMs = 2000,
  now = Date.now,
} = {}): () => Promise<Gpu[]> {
  let absent = false;
  let last: { at: number; gpus: Promise<Gpu[]> } | undefined;
  const ask = () =>
    new Promise<Gpu[]>((resolve) => {
      const args = [`--query-gpu=${fields}`, '--format=csv,noheader,nounits'];
      execFile(program, args, { timeout: 1900, killSignal: 'SIGKILL' }, (error, stdout) => {
        if (error?.code === 'ENOENT') absent = true;
        resolve(error ? [] : parseNvidiaSmi(stdout));
      });
    });
  return async () => {
    if (absent) return [];
    if (!last || now() - last.at >= everyMs) last = { at: now(), gpus: ask() };
    return last.gpus;
  };
}
