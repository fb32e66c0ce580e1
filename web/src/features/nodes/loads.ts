import type { Node, Vitals } from '@hearth/contract';

const part = (used: number | null | undefined, total: number | null | undefined): number | null =>
  used === null || used === undefined || !total ? null : Math.min(1, used / total);

export const memoryFraction = (vitals: Vitals): number | null =>
  part(vitals.memory_used_bytes, vitals.memory_total_bytes);
export const diskFraction = (vitals: Vitals): number | null =>
  part(vitals.disk_used_bytes, vitals.disk_total_bytes);
export const gpuMemoryFraction = (gpu: Vitals['gpus'][number]): number | null =>
  part(gpu.memory_used_bytes, gpu.memory_total_bytes);

/** What a machine's gauges show now; an offline machine's last reading is no longer its load. */
export const vitalsNow = (node: Node): Vitals | null => (node.status === 'online' ? node.vitals : null);
