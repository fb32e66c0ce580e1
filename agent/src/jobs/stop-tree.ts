import { setTimeout as sleep } from 'node:timers/promises';
import { jobMarker } from '../config.ts';
import { hasMark, type ProcessRow, readProcessTable } from './process-table.ts';

/**
 * The processes of a job: those that carry its mark, those in the session or group of one of them that leads it,
 * and all their descendants. So a child that called setsid, forked twice or was re-parented is found by its mark,
 * one that cleaned its environment by its parent, group or session.
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

/** The living processes of a job. `root` is the process it began with, whose group counts as marked. */
export function findJobProcesses(jobId: string, root?: number): ProcessRow[] {
  const own = process.pid;
  const table = readProcessTable().filter((row) => row.pid !== own && row.pid > 2);
  const isRoots = (row: ProcessRow) =>
    root !== undefined && root > 2 && (row.session === root || row.group === root);
  return membersOf(table, (row) => isRoots(row) || hasMark(row.pid, jobMarker, jobId));
}

export interface StopOptions {
  /** The process the job began with, leader of its own session and group. */
  root?: number;
  /** How long the job may take to end by itself after SIGTERM. */
  graceMs?: number;
}

/**
 * Stops a job and resolves when no process of it is left: SIGTERM to all of them, a grace time, then SIGKILL to
 * whatever lives, again and again until two looks in a row find nothing. Where the process table cannot be
 * read (other systems than Linux) it can only signal the root's group, and waits until that is gone.
 */
export async function stopTree(jobId: string, { root, graceMs = 3000 }: StopOptions = {}): Promise<void> {
  if (process.platform !== 'linux') return stopGroup(root, graceMs);
  const find = () => findJobProcesses(jobId, root);
  for (const row of find()) signal(row.pid, 'SIGTERM');
  const deadline = performance.now() + graceMs;
  while (performance.now() < deadline && find().length > 0) await sleep(50);
  for (let empty = 0, pass = 0; empty < 2; pass += 1) {
    const left = find();
    for (const row of left) signal(row.pid, 'SIGKILL');
    empty = left.length === 0 ? empty + 1 : 0;
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
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false; // it ended by itself
  }
}
