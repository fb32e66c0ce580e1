import type { CpuInfo } from 'node:os';

interface CpuTimes {
  busyMs: number;
  totalMs: number;
}

export function sumCpuTimes(cpus: readonly Pick<CpuInfo, 'times'>[]): CpuTimes {
  let busyMs = 0;
  let totalMs = 0;
  for (const { times } of cpus) {
    const busy = times.user + times.nice + times.sys + times.irq;
    busyMs += busy;
    totalMs += busy + times.idle;
  }
  return { busyMs, totalMs };
}

/** The share of all cores' time that was busy between two readings; null when no time passed between them. */
export function cpuFraction(before: CpuTimes, after: CpuTimes): number | null {
  const total = after.totalMs - before.totalMs;
  if (total <= 0) return null;
  return Math.min(1, Math.max(0, (after.busyMs - before.busyMs) / total));
}
