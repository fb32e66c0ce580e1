import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { jobEnvironment, jobMarker } from '../config.ts';
import type { JobDirectory } from './job-directory.ts';
import type { Exit } from './job-exit.ts';
import { findProcess, hasMark, type ProcessRow, readProcessTable } from './process-table.ts';

/** The process a job began with. `ended` resolves when it is gone. */
export interface JobProcess {
  /** Undefined when it could not even be started. */
  pid: number | undefined;
  ended: Promise<Exit | undefined>;
}

const host = join(import.meta.dirname, 'host.ts');

/** Starts a job's own process: leader of its own session, so that it outlives the agent and its terminal. */
export function startJobProcess(jobId: string, directory: JobDirectory): JobProcess {
  const output = openSync(directory.output, 'a', 0o600);
  const child = spawn(process.execPath, [host, directory.path], {
    cwd: directory.path,
    detached: true,
    env: jobEnvironment(jobId),
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.unref();
  const ended = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  return { pid: child.pid, ended };
}

/**
 * Finds a job's process that another agent started: by the record it left, which must be of a process that
 * started then, or by its mark, if it was too young to leave one.
 */
export async function adoptJobProcess(
  jobId: string,
  directory: JobDirectory,
): Promise<JobProcess | undefined> {
  const record = await directory.findProcess();
  const recorded = record && findProcess(record.pid);
  const isSame = recorded?.startTicks === record?.startTicks;
  const row = recorded && isSame ? recorded : record ? undefined : findLeader(jobId);
  return row && { pid: row.pid, ended: waitForEnd(row) };
}

const findLeader = (jobId: string): ProcessRow | undefined =>
  readProcessTable().find((row) => row.session === row.pid && hasMark(row.pid, jobMarker, jobId));

/** Only a parent is told of an end; everybody else has to look. */
async function waitForEnd(row: ProcessRow): Promise<undefined> {
  while (findProcess(row.pid)?.startTicks === row.startTicks) await sleep(200);
}
