import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Gang, JobPayload } from '@hearth/contract';
import { z } from 'zod';

/** What a job's process is told to do; stays with the job for as long as it is on this node. */
export const Assignment = z.object({
  jobId: z.uuid(),
  leaseId: z.uuid(),
  jobToken: z.string(),
  serverUrl: z.string(),
  payload: JobPayload,
  /** Indices of the GPUs it may use; empty where it asked for none. */
  gpus: z.array(z.number().int().nonnegative()).default([]),
  gang: Gang.nullable().default(null),
});
export type Assignment = z.infer<typeof Assignment>;

/** Which process a job began with, and where; `startTicks` tells it from a later one of the same id. */
export const ProcessRecord = z.object({
  pid: z.number().int(),
  startTicks: z.string(),
  cgroup: z.string().optional(),
});
export type ProcessRecord = z.infer<typeof ProcessRecord>;

/** Why a job is ended before its time. */
export type StopReason = 'cancelled' | 'timed-out';

/**
 * The one folder a job has on its node. What lies here outlives any process; it need not outlive the machine's
 * power: a node that has lost a job's folder says so when it connects, and the server settles the job.
 */
export class JobDirectory {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
  get journal(): string {
    return join(this.path, 'journal.jsonl');
  }
  get stdout(): string {
    return join(this.path, 'stdout.log');
  }
  get stderr(): string {
    return join(this.path, 'stderr.log');
  }
  /** For files of the job's own making. */
  get work(): string {
    return join(this.path, 'work');
  }
  /** What the process the job begins with is told to start. */
  get order(): string {
    return join(this.path, 'order');
  }
  get exit(): string {
    return join(this.path, 'exit');
  }
  get #assignment(): string {
    return join(this.path, 'assignment.json');
  }
  get #process(): string {
    return join(this.path, 'process.json');
  }

  readAssignment = async (): Promise<Assignment> =>
    Assignment.parse(JSON.parse(await readFile(this.#assignment, 'utf8')));

  writeOrder = (text: string) => writeFileSync(this.order, text, { mode: 0o600 });

  findProcess = async (): Promise<ProcessRecord | undefined> => {
    const text = await readFile(this.#process, 'utf8').catch(() => undefined);
    return text === undefined ? undefined : ProcessRecord.parse(JSON.parse(text));
  };
  /** Written before the process gets its order. */
  recordProcess = (record: ProcessRecord): void => {
    writeFileSync(`${this.#process}.new`, JSON.stringify(record), { mode: 0o600 });
    renameSync(`${this.#process}.new`, this.#process);
  };
  /** The first thing an order does is to open the file for the exit code. */
  hasBegun = (): boolean => existsSync(this.exit);

  /** How the program ended; undefined when it has not, or was not let to its end. */
  findExitCode = (): number | undefined => {
    try {
      const code = /^(\d+)\n$/.exec(readFileSync(this.exit, 'latin1'))?.[1];
      return code === undefined ? undefined : Number(code);
    } catch {
      return undefined; // it never began
    }
  };

  /** The order to stop outlives the agent that received it. */
  orderStop = async (reason: StopReason): Promise<void> => {
    const path = join(this.path, reason);
    await writeFile(`${path}.new`, '', { mode: 0o600 });
    await rename(`${path}.new`, path);
  };
  isStopOrdered = (reason: StopReason): boolean => existsSync(join(this.path, reason));

  remove = () => rm(this.path, { recursive: true, force: true, maxRetries: 5 });

  /** Makes the folder with its assignment; it is there whole or not at all. */
  static create(jobs: string, assignment: Assignment): JobDirectory {
    const path = join(jobs, assignment.jobId);
    const growing = `${path}.new`;
    makeEmpty(growing);
    mkdirSync(join(growing, 'work'), { mode: 0o700 });
    writeFileSync(join(growing, 'assignment.json'), JSON.stringify(assignment), { mode: 0o600 });
    renameSync(growing, path);
    return new JobDirectory(path);
  }

  static async list(jobs: string): Promise<JobDirectory[]> {
    const names = await readdir(jobs);
    for (const name of names.filter((n) => n.endsWith('.new')))
      await rm(join(jobs, name), { recursive: true });
    return names
      .filter((name) => z.uuid().safeParse(name).success)
      .map((name) => new JobDirectory(join(jobs, name)));
  }
}

function makeEmpty(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path, { mode: 0o700 });
  }
}
