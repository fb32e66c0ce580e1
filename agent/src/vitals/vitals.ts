import { readFile, statfs } from 'node:fs/promises';
import { cpus, loadavg, platform } from 'node:os';
import type { Vitals } from '@hearth/contract';
import { mem, networkStats } from 'systeminformation';
import { cpuFraction, sumCpuTimes } from './cpu.ts';
import type { Gpu } from './gpus.ts';
import { type NetworkBytes, parseProcNetDev, rate } from './network.ts';

interface Sources {
  /** The folder whose disk is watched. */
  home: string;
  readGpus: () => Promise<Gpu[]>;
}

/** Each call measures since the one before; the first one measures since the reader was made. */
export function createVitalsReader({ home, readGpus }: Sources): () => Promise<Vitals> {
  let cpu = sumCpuTimes(cpus());
  let network: { bytes: NetworkBytes; at: number } | undefined;

  const readCpu = () => {
    const before = cpu;
    cpu = sumCpuTimes(cpus());
    return cpuFraction(before, cpu);
  };
  const readNetwork = async () => {
    const before = network;
    const bytes = await networkBytes();
    const at = performance.now();
    network = bytes && { bytes, at };
    if (!before || !bytes) return { rx: null, tx: null };
    const elapsed = at - before.at;
    return { rx: rate(before.bytes.rx, bytes.rx, elapsed), tx: rate(before.bytes.tx, bytes.tx, elapsed) };
  };

  return async () => {
    const [memory, disk, traffic, gpus] = await Promise.all([mem(), diskOf(home), readNetwork(), readGpus()]);
    return {
      at: new Date().toISOString(),
      cpu_fraction: readCpu(),
      memory_used_bytes: Math.max(0, memory.total - memory.available),
      memory_total_bytes: memory.total,
      disk_used_bytes: disk?.used ?? null,
      disk_total_bytes: disk?.total ?? null,
      load_1m: platform() === 'win32' ? null : (loadavg()[0] ?? null),
      network_rx_bytes_per_second: traffic.rx,
      network_tx_bytes_per_second: traffic.tx,
      gpus,
    };
  };
}

async function networkBytes(): Promise<NetworkBytes | undefined> {
  if (platform() === 'linux') return parseProcNetDev(await readFile('/proc/net/dev', 'utf8').catch(() => ''));
  const [stats] = await networkStats();
  return stats && { rx: stats.rx_bytes, tx: stats.tx_bytes };
}

async function diskOf(folder: string): Promise<{ used: number; total: number } | undefined> {
  const fs = await statfs(folder).catch(() => undefined);
  return fs && { total: fs.blocks * fs.bsize, used: (fs.blocks - fs.bfree) * fs.bsize };
}
