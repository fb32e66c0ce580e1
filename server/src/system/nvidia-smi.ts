import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface GpuReading {
  usagePercent: number | null;
  memoryUsedMb: number;
  memoryTotalMb: number;
}

const run = promisify(execFile);
const query = ['--query-gpu=utilization.gpu,memory.used,memory.total', '--format=csv,noheader,nounits'];

/** What `nvidia-smi` measures, all cards together; undefined where there is none. */
export async function readGpu(program = 'nvidia-smi'): Promise<GpuReading | undefined> {
  try {
    const { stdout } = await run(program, query, { timeout: 3_000 });
    return parseNvidiaSmi(stdout);
  } catch {
    return undefined;
  }
}

/** Lines of `busy, used, total`; a card that does not tell its load ("[N/A]") leaves it unknown. */
export function parseNvidiaSmi(output: string): GpuReading | undefined {
  const cards = output
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(',').map((field) => Number.parseFloat(field)));
  const readable = cards.filter(([, used, total]) => Number.isFinite(used) && Number.isFinite(total));
  if (readable.length === 0) return undefined;
  const sum = (column: number) => readable.reduce((all, card) => all + card[column]!, 0);
  const busy = sum(0) / readable.length;
  return {
    usagePercent: Number.isFinite(busy) ? busy : null,
    memoryUsedMb: sum(1),
    memoryTotalMb: sum(2),
  };
}
