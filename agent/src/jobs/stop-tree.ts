import { setTimeout as sleep } from 'node:timers/promises';
import { jobMarker } from '../config.ts';
import { isPopulated, killCgroup, processesIn } from './cgroup.ts';
import { hasLimitMark, limitMark } from './limit-mark.ts';
import {
  begunBetween,
  type ForkPoint,
  findProcess,
  forkPoint,
  hasMark,
  type ProcessRow,
  readProcessTable,
} from './process-table.ts';

/**
 * The processes of a job: those that carry its mark, those in the session or group of one of them that leads it,
 * and all their descendants. So a child that called setsid, forked twice or was re-parented is found by its mark,
 * one that cleaned its environment by its other mark, its parent, group or session.
 */
export function membersOf(
  table: readonly ProcessRow[],
  isMarked: (row: ProcessRow) => boolean,
): ProcessRow[] {
  const members = new Set(table.filter(isMarked));
  for (let before = -1; before !== members.size; ) {
    before = members.size;
    const pids = new Set([...members].map((row) => row.pid));
    for (const row of table) {
      if (pids.has(row.parent) || pids.has(row.session) || pids.has(row.group)) members.add(row);
    }
  }
  return [...members];
}

/** Tells which processes are marked as a job's. `root` is the process it began with, whose group counts as marked. */
function markOf(jobId: string, root?: number): (row: ProcessRow) => boolean {
  const { bytes } = limitMark(jobId);
  const isRoots = (row: ProcessRow) =>
    root !== undefined && root > 2 && (row.session === root || row.group === root);
  return (row) => isRoots(row) || hasLimitMark(row.pid, bytes) || hasMark(row.pid, jobMarker, jobId);
}

const isOther = (row: ProcessRow): boolean => row.pid !== process.pid && row.pid > 2;

/** The living processes of a job, found in the whole process table. */
export function findJobProcesses(jobId: string, root?: number): ProcessRow[] {
  return membersOf(readProcessTable().filter(isOther), markOf(jobId, root));
}

/** What is known of the processes of a job. */
export interface JobTree {
  jobId: string;
  /** The process the job began with, leader of its own session and group. */
  root?: number | undefined;
  /** Where all of them are, as long as none has the rights to leave. */
  cgroup?: string | undefined;
  /** None of them is older than this. */
  since?: ForkPoint | undefined;
}

const mostLooks = 20;

/**
 * Is no process of the job left? Looks at all processes, or where that can be told at those begun since the job,
 * then again and again at those begun since the look before. When a look finds none and none was begun meanwhile,
 * whoever lives now has been looked at. False also where it cannot be proven this way.
 */
export function isGone({ jobId, root, cgroup, since }: JobTree): boolean {
  if (process.platform !== 'linux' || (cgroup && isPopulated(cgroup))) return false;
  const isMarked = markOf(jobId, root);
  let from = since;
  for (let look = 0; look < mostLooks; look += 1) {
    const to = forkPoint();
    const table = (from && begunBetween(from, to)) ?? readProcessTable();
    if (table.some((row) => isOther(row) && isMarked(row))) return false;
    if (forkPoint().lastPid === to.lastPid) return true;
    from = to;
  }
  return false;
}

/**
 * Stops a job and resolves when no process of it is left: SIGTERM to all of them, a grace time, then SIGKILL to
 * whatever lives, again and again until two looks in a row find nothing. Where the process table cannot be
 * read (other systems than Linux) it can only signal the root's group, and waits until that is gone.
 */
export async function stopTree(tree: JobTree, graceMs = 3000): Promise<void> {
  const { jobId, root, cgroup } = tree;
  if (process.platform !== 'linux') return stopGroup(root, graceMs);
  const find = () => {
    const inside = cgroup ? processesIn(cgroup) : [];
    return [...new Set([...inside, ...findJobProcesses(jobId, root).map((row) => row.pid)])];
  };
  const asked = find();
  for (const pid of asked) signal(pid, 'SIGTERM');
  const deadline = performance.now() + graceMs;
  // A look at all processes takes a while, in which nobody else has a turn: none is needed while one of these lives.
  const isAnyLeft = () => asked.some((pid) => findProcess(pid)) || find().length > 0;
  do await sleep(50);
  while (performance.now() < deadline && isAnyLeft());
  for (let empty = 0, pass = 0; empty < 2; pass += 1) {
    if (cgroup) killCgroup(cgroup);
    if (root !== undefined && root > 2) signal(-root, 'SIGKILL');
    const left = find();
    for (const pid of left) signal(pid, 'SIGKILL');
    empty = left.length === 0 && !(cgroup && isPopulated(cgroup)) ? empty + 1 : 0;
    // The first passes race with whatever forks; later ones wait for processes the kernel cannot end yet.
    await sleep(pass < 100 ? 5 : 500);
  }
}

async function stopGroup(root: number | undefined, graceMs: number): Promise<void> {
  if (root === undefined) return;
  const deadline = performance.now() + graceMs;
  signal(-root, 'SIGTERM');
  while (signal(-root, 0) && performance.now() < deadline) await sleep(50);
  while (signal(-root, 'SIGKILL')) await sleep(50);
}

/** False when there is nobody to signal. */
export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false; // it ended by itself
  }
}
