import { arch, cpus, hostname, networkInterfaces, totalmem } from 'node:os';
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
    addresses: reachableAddresses(),
  };
}

/** Of its network interfaces; those of version 4 first, since every program understands them. */
function reachableAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const outward = all.filter(({ internal, address }) => !internal && !/^(169\.254\.|fe80:)/i.test(address));
  return outward.sort((a, b) => a.family.localeCompare(b.family)).map(({ address }) => address);
}
