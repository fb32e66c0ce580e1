import { arch, cpus, hostname, totalmem } from 'node:os';
import type { Machine } from '@hearth/contract';
import { osInfo } from 'systeminformation';
import type { Gpu } from './gpus.ts';

/** What does not change while the agent runs. */
export async function readMachine(readGpus: () => Promise<Gpu[]>): Promise<Machine> {
  const [system, gpus] = await Promise.all([osInfo(), readGpus()]);
  const cores = cpus();
  return {
    hostname: hostname(),
    os: [system.distro || system.platform, system.release].filter(Boolean).join(' '),
    arch: arch(),
    cpu_model: cores[0]?.model.trim() || 'unknown',
    cpu_cores: Math.max(1, cores.length),
    memory_bytes: totalmem(),
    gpus: gpus.map((gpu) => ({ name: gpu.name, memory_bytes: gpu.memory_total_bytes })),
  };
}
