import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JobPayload } from '@hearth/contract';
import { z } from 'zod';

/** What a job's process is told to do; stays with the job for as long as it is on this node. */
export const Assignment = z.object({
  jobId: z.uuid(),
  leaseId: z.uuid(),
  jobToken: z.string(),
  serverUrl: z.string(),
  payload: JobPayload,
});
export type Assignment = z.infer<typeof Assignment>;

/** Which process a job began with; `startTicks` tells it from a later one of the same id. */
export const ProcessRecord = z.object({ pid: z.number().int(), startTicks: z.string() });
export type ProcessRecord = z.infer<typeof ProcessRecord>;

/** The one folder a job has on its node. */
export class JobDirectory {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
  get journal(): string {
    return join(this.path, 'journal.jsonl');
  }
  get output(): string {
    return join(this.path, 'stderr.log');
  }
  /** For files of the job's own making. */
  get work(): string {
    return join(this.path, 'work');
  }
  get #assignment(): string {
    return join(this.path, 'assignment.json');
  }
  get #process(): string {
    return join(this.path, 'process.json');
  }
  get #cancelled(): string {
    return join(this.path, 'cancelled');
  }

  readAssignment = async (): Promise<Assignment> =>
    Assignment.parse(JSON.parse(await readFile(this.#assignment, 'utf8')));

  findProcess = async (): Promise<ProcessRecord | undefined> => {
    const text = await readFile(this.#process, 'utf8').catch(() => undefined);
    return text === undefined ? undefined : ProcessRecord.parse(JSON.parse(text));
  };
  recordProcess = (record: ProcessRecord) => writeWhole(this.#process, JSON.stringify(record));

  /** False when the agent that made this folder died before the job's process said or left anything. */
  hasBegun = (): boolean => existsSync(this.journal) || existsSync(this.#process);

  /** The order to stop outlives the agent that received it. */
  orderStop = () => writeWhole(this.#cancelled, '');
  isStopOrdered = (): boolean => existsSync(this.#cancelled);

  remove = () => rm(this.path, { recursive: true, force: true, maxRetries: 5 });

  /** Makes the folder with its assignment; it is there whole or not at all. */
  static async create(jobs: string, assignment: Assignment): Promise<JobDirectory> {
    const path = join(jobs, assignment.jobId);
    const growing = `${path}.new`;
    await rm(growing, { recursive: true, force: true });
    await mkdir(join(growing, 'work'), { recursive: true, mode: 0o700 });
    await writeFile(join(growing, 'assignment.json'), JSON.stringify(assignment), {
      mode: 0o600,
      flush: true,
    });
    await rename(growing, path);
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

async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
}
