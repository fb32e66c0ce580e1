import { freezeCgroup, processesIn } from './cgroup.ts';
import { findProcess, type ProcessRow } from './process-table.ts';
import { findJobProcesses, type JobTree, signal } from './stop-tree.ts';

/**
 * Holds all processes of a job still for a while: by its cgroup, which they do not notice, or else by SIGSTOP. Neither
 * keeps SIGKILL from ending them; other signals wait until they go on. One that the job itself had stopped may go on
 * with the others.
 */
export class TreePause {
  readonly #tree: JobTree;
  readonly #stopped = new Map<number, ProcessRow>();
  #isFrozen = false;
  #isSignalled = false;

  constructor(tree: JobTree) {
    this.#tree = tree;
  }

  /** Said again, it takes hold of what was begun meanwhile or has left the cgroup. */
  pause(): void {
    const { jobId, root, cgroup } = this.#tree;
    if (cgroup && !this.#isFrozen && freezeCgroup(cgroup, true)) {
      this.#isFrozen = true;
      return;
    }
    // Most are in the group of the first one, and the look at all processes takes a while.
    if (!this.#isFrozen && root !== undefined && root > 2) this.#isSignalled = signal(-root, 'SIGSTOP');
    const frozen = new Set(this.#isFrozen && cgroup ? processesIn(cgroup) : []);
    for (const row of findJobProcesses(jobId, root))
      if (!frozen.has(row.pid) && signal(row.pid, 'SIGSTOP')) this.#stopped.set(row.pid, row);
  }

  resume(): void {
    const { root, cgroup } = this.#tree;
    if (this.#isFrozen && cgroup) freezeCgroup(cgroup, false);
    if (this.#isSignalled && root !== undefined) signal(-root, 'SIGCONT');
    for (const { pid, startTicks } of this.#stopped.values())
      if (findProcess(pid)?.startTicks === startTicks) signal(pid, 'SIGCONT');
  }
}

/** Lets a job go on that somebody may have paused who is no more. */
export function resumeTree({ jobId, root, cgroup }: JobTree): void {
  if (cgroup) freezeCgroup(cgroup, false);
  for (const { pid } of findJobProcesses(jobId, root)) signal(pid, 'SIGCONT');
}
