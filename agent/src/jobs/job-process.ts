import { setTimeout as sleep } from 'node:timers/promises';
import { jobMarker } from '../config.ts';
import type { JobDirectory } from './job-directory.ts';
import type { Exit } from './job-exit.ts';
import type { Launcher } from './launcher.ts';
import { hasLimitMark, limitMark } from './limit-mark.ts';
import { type ForkPoint, findProcess, hasMark, type ProcessRow, readProcessTable } from './process-table.ts';
import { type StartOrder, writeOrder } from './start-order.ts';

/** The process a job began with. `ended` resolves when it is gone. */
export interface JobProcess {
  pid: number;
  cgroup: string | undefined;
  /** Nothing of the job is older than this. */
  since: ForkPoint | undefined;
  ended: Promise<Exit | undefined>;
}

/** Starts what a job begins with; its folder says which process that is before it does anything. */
export function startJobProcess(
  jobId: string,
  directory: JobDirectory,
  what: Omit<StartOrder, 'exit' | 'limitKib'>,
  launcher: Launcher,
): JobProcess {
  directory.writeOrder(writeOrder({ ...what, exit: directory.exit, limitKib: limitMark(jobId).kib }));
  const standby = launcher.take();
  const { pid, startTicks, cgroup } = standby;
  directory.recordProcess({ pid, startTicks, cgroup });
  return { pid, cgroup, ...launcher.launch(standby, directory.order) };
}

/**
 * Finds a job's process that another agent started: by the record it left, which must be of a process that
 * started then, or by its mark. What it leaves behind in its cgroup is found there.
 */
export async function adoptJobProcess(
  jobId: string,
  directory: JobDirectory,
): Promise<{ process: JobProcess | undefined; cgroup: string | undefined }> {
  // One that had not got its order yet when the agent died ends now.
  if (!directory.hasBegun()) await sleep(100);
  const record = await directory.findProcess();
  const recorded = record && findProcess(record.pid);
  const isSame = recorded?.startTicks === record?.startTicks;
  const row = recorded && isSame ? recorded : record ? undefined : findLeader(jobId);
  const cgroup = record?.cgroup;
  return { cgroup, process: row && { pid: row.pid, cgroup, since: undefined, ended: waitForEnd(row) } };
}

function findLeader(jobId: string): ProcessRow | undefined {
  const { bytes } = limitMark(jobId);
  return readProcessTable().find(
    (row) => row.session === row.pid && (hasMark(row.pid, jobMarker, jobId) || hasLimitMark(row.pid, bytes)),
  );
}

/** Only a parent is told of an end; everybody else has to look. */
async function waitForEnd(row: ProcessRow): Promise<undefined> {
  while (findProcess(row.pid)?.startTicks === row.startTicks) await sleep(50);
}
