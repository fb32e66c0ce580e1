import { statfs } from 'node:fs/promises';
import type { SystemInfo } from '@hearth/contract';
import { currentLoad, mem } from 'systeminformation';
import type { Clock } from '../platform/clock.ts';
import { readGpu } from './nvidia-smi.ts';

const freshMs = 5_000;
const mb = 1024 ** 2;
const gb = 1024 ** 3;

/** The load of the machine the server runs on, measured at most every 5 s. */
export class SystemService {
  readonly #home: string;
  readonly #clock: Clock;
  #last: { at: number; reading: Promise<SystemInfo> } | undefined;
  constructor(home: string, clock: Clock) {
    this.#home = home;
    this.#clock = clock;
  }

  read(): Promise<SystemInfo> {
    const now = this.#clock().getTime();
    if (!this.#last || now - this.#last.at >= freshMs) {
      const reading = this.#measure();
      this.#last = { at: now, reading };
      reading.catch(() => {
        this.#last = undefined;
      });
    }
    return this.#last.reading;
  }

  async #measure(): Promise<SystemInfo> {
    const [load, memory, disk, gpu] = await Promise.all([
      currentLoad(),
      mem(),
      statfs(this.#home),
      readGpu(),
    ]);
    const used = memory.total - memory.available;
    return {
      cpu_usage_percent: rounded(load.currentLoad),
      memory_used_mb: rounded(used / mb),
      memory_total_mb: rounded(memory.total / mb),
      memory_percent: rounded((used / memory.total) * 100),
      disk_free_gb: rounded((disk.bavail * disk.bsize) / gb),
      disk_total_gb: rounded((disk.blocks * disk.bsize) / gb),
      gpu_available: gpu !== undefined,
      gpu_usage_percent: gpu?.usagePercent,
      gpu_memory_used_mb: gpu?.memoryUsedMb,
      gpu_memory_total_mb: gpu?.memoryTotalMb,
      timestamp: this.#clock().toISOString(),
    };
  }
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
