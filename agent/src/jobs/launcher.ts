import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Cgroups, remove } from './cgroup.ts';
import type { Exit } from './job-exit.ts';
import { type ForkPoint, findProcess, forkPoint } from './process-table.ts';
import { standby } from './start-order.ts';

/** A process of ours that waits for its order: leader of its own session, so that it outlives the agent. */
export interface Standby {
  child: ChildProcess;
  pid: number;
  startTicks: string;
  cgroup: string | undefined;
}

/** A started job. `ended` resolves when the process it began with is gone. */
export interface Launched {
  ended: Promise<Exit>;
  since: ForkPoint;
}

const spares = 4;
/**
 * Making one blocks the agent for a moment, and as long as one enters its cgroup no process of the machine can begin
 * or end. So it is done between jobs, or when a job turns out not to be a short one; sooner where few are left.
 */
const rests = { afterTakeMs: 250, afterJobMs: 10, whenFewMs: 20 };
const few = 2;

/**
 * Starts the processes of jobs. A few stand by, so that neither the birth of a process out of one as large as the
 * agent (2 ms) nor the way into a cgroup (15 ms: the kernel waits for all processors) delays a job's start.
 */
export class Launcher {
  readonly #cgroups: Cgroups | undefined;
  readonly #idle: Standby[] = [];
  #refill: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(cgroups: Cgroups | undefined) {
    this.#cgroups = cgroups;
    this.#later(0);
  }

  /** The one that has waited longest, or one just made. Throws when the machine has no room for another. */
  take(): Standby {
    const taken = this.#idle.shift() ?? this.#make();
    this.#later(this.#idle.length < few ? rests.whenFewMs : rests.afterTakeMs);
    return taken;
  }

  /** A job is over: a good moment to make another. */
  refill(): void {
    this.#later(rests.afterJobMs);
  }

  /** Lets the waiting one do what the order at this path says. */
  launch({ child }: Standby, orderPath: string): Launched {
    const ended = new Promise<Exit>((resolve) => {
      child.removeAllListeners('exit');
      child.once('exit', (code, signal) => resolve({ code, signal }));
      if (child.exitCode !== null || child.signalCode !== null)
        resolve({ code: child.exitCode, signal: child.signalCode });
    });
    const since = forkPoint();
    child.stdin?.end(`${orderPath}\n`);
    return { ended, since };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#refill);
    await Promise.all(this.#idle.splice(0).map(dismiss));
  }

  #later(ms: number): void {
    clearTimeout(this.#refill);
    if (!this.#stopped) this.#refill = setTimeout(() => this.#fill(), ms).unref();
  }

  /** Makes one at a time, so that a job that comes meanwhile does not wait for all of them. */
  #fill(): void {
    if (this.#idle.length >= spares || this.#stopped) return;
    try {
      this.#idle.push(this.#make());
    } catch {
      return; // the machine has no room for one more process; a job that needs one will say so
    }
    this.#later(rests.afterJobMs);
  }

  #make(): Standby {
    const cgroup = this.#cgroups?.create();
    const child = spawn('/bin/sh', ['-c', standby, 'sh', cgroup ?? ''], {
      cwd: '/',
      detached: true,
      env: {},
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.unref();
    child.once('error', () => this.#forget(child, cgroup));
    child.stdin?.on('error', () => this.#forget(child, cgroup));
    if (child.pid === undefined) {
      this.#forget(child, cgroup);
      throw new Error('No process could be started on this machine.');
    }
    // One that dies while it waits is no spare.
    child.once('exit', () => this.#forget(child, cgroup));
    return { child, pid: child.pid, startTicks: findProcess(child.pid)?.startTicks ?? '', cgroup };
  }

  #forget(child: ChildProcess, cgroup: string | undefined): void {
    const index = this.#idle.findIndex((spare) => spare.child === child);
    if (index < 0) return;
    this.#idle.splice(index, 1);
    if (cgroup) remove(cgroup);
  }
}

async function dismiss({ child, cgroup }: Standby): Promise<void> {
  child.ref();
  const gone = once(child, 'exit');
  child.stdin?.end();
  if (child.exitCode === null && child.signalCode === null) await gone;
  if (cgroup) remove(cgroup);
}
