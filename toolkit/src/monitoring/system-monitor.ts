import { readdir, statfs } from 'node:fs/promises';
import { platform } from 'node:os';
import si from 'systeminformation';
import { type Clock, systemClock } from '../clock.ts';
import { consoleLog, type Log } from '../log.ts';

/** How the machine is. Percentages are 0 to 100. */
export interface SystemStatus {
  /** Of all cores, since the sample before. */
  cpuPercent: number;
  /** Memory that programs could not get. */
  memoryPercent: number;
  memoryAvailableMb: number;
  /** Of the file system of `diskPath`. */
  diskPercent: number;
  processCount: number;
  /** UTC, ISO 8601. */
  timestamp: string;
}

export type Readings = Omit<SystemStatus, 'timestamp'>;

export interface SystemMonitorOptions {
  /** Default 5000. */
  intervalMs?: number;
  /** Whose file system is watched. Default: the current directory. */
  diskPath?: string;
  /** Told of each sample. */
  onSample?: (status: SystemStatus) => void;
  /** Told of samples that could not be taken. Default: standard error. */
  log?: Log;
  /** Default `systemClock`. */
  clock?: Clock;
  /** Where the figures come from. Default: this machine. */
  read?: () => Promise<Readings>;
}

/** On Linux a folder each in /proc; elsewhere the list that systeminformation gets from the system's tools. */
const countProcesses = async (): Promise<number> =>
  platform() === 'linux'
    ? (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).length
    : (await si.processes()).all;

/** The figures of this machine. */
async function readSystem(diskPath: string): Promise<Readings> {
  const [load, memory, disk, processCount] = await Promise.all([
    si.currentLoad(),
    si.mem(),
    statfs(diskPath),
    countProcesses(),
  ]);
  const usedBlocks = disk.blocks - disk.bfree;
  return {
    cpuPercent: load.currentLoad,
    memoryPercent: 100 * (1 - memory.available / memory.total),
    memoryAvailableMb: memory.available / 1024 ** 2,
    diskPercent: (100 * usedBlocks) / (usedBlocks + disk.bavail),
    processCount,
  };
}

/** Looks at the machine every so often, in the background; does not keep the process alive. */
export class SystemMonitor {
  readonly #options: SystemMonitorOptions;
  readonly #clock: Clock;
  #latest: SystemStatus | undefined;
  #cancel: (() => void) | undefined;

  constructor(options: SystemMonitorOptions = {}) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Takes a sample now and every `intervalMs`, until `stop` or the signal. Starting twice is starting once. */
  start({ signal }: { signal?: AbortSignal } = {}): void {
    if (this.#cancel || signal?.aborted) return;
    signal?.addEventListener('abort', () => this.stop(), { once: true });
    this.#schedule(0);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  get isRunning(): boolean {
    return this.#cancel !== undefined;
  }

  /** The newest sample while running, else one taken now. */
  async getCurrentStatus(): Promise<SystemStatus> {
    return (this.isRunning && this.#latest) || this.#sample();
  }

  /** One after the other: a slow sample delays the next, it does not overlap it. */
  #schedule(delayMs: number): void {
    const cancel = this.#clock.after(
      delayMs,
      async () => {
        try {
          this.#options.onSample?.(await this.#sample());
        } catch (error) {
          (this.#options.log ?? consoleLog).warn({ error }, 'A sample of the system could not be taken');
        }
        if (this.#cancel === cancel) this.#schedule(this.#options.intervalMs ?? 5000);
      },
      true,
    );
    this.#cancel = cancel;
  }

  async #sample(): Promise<SystemStatus> {
    const read = this.#options.read ?? (() => readSystem(this.#options.diskPath ?? process.cwd()));
    const readings = await read();
    this.#latest = { ...readings, timestamp: new Date(this.#clock.now()).toISOString() };
    return this.#latest;
  }
}
