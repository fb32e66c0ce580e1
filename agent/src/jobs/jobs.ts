import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentMessage, ServerMessage } from '@hearth/contract';
import type { Folders } from '../folders.ts';
import type { Log } from '../log.ts';
import type { Cgroups } from './cgroup.ts';
import { type Assignment, JobDirectory } from './job-directory.ts';
import { Launcher } from './launcher.ts';
import { NodeJob } from './node-job.ts';

type Assign = Extract<ServerMessage, { type: 'job.assign' }>;
type Welcomed = Extract<ServerMessage, { type: 'welcome' }>['jobs'];
type JobRef = { jobId: string; leaseId: string };

export interface JobsOptions {
  folders: Pick<Folders, 'jobs' | 'cache' | 'code' | 'python'>;
  serverUrl: string;
  /** Undefined where jobs can have none of their own. */
  cgroups: Cgroups | undefined;
  send: (message: AgentMessage) => boolean;
  log: Log;
}

/** Jobs are tended when something happens; this often in case that went unnoticed. */
const tendMs = 100;

/** All jobs on this node. */
export class Jobs {
  readonly #options: JobsOptions;
  readonly #jobs = new Map<string, NodeJob>();
  readonly #launcher: Launcher;
  readonly #timer: NodeJS.Timeout;

  constructor(options: JobsOptions) {
    this.#options = options;
    this.#launcher = new Launcher(options.cgroups);
    this.#timer = setInterval(() => this.#tend(), tendMs);
  }

  /** Takes on what an agent before this one left on this node. */
  async adopt(): Promise<void> {
    for (const directory of await JobDirectory.list(this.#options.folders.jobs)) {
      try {
        const job = this.#remember(directory, await directory.readAssignment());
        await job.adopt();
      } catch (err) {
        this.#options.log.error(
          { err, folder: directory.path },
          'A job’s folder cannot be read; it is removed.',
        );
        rmSync(directory.path, { recursive: true, force: true });
      }
    }
  }

  /** Digests of the code that jobs here run. */
  codeInUse(): Set<string> {
    return new Set([...this.#jobs.values()].flatMap(({ codeDigest }) => codeDigest ?? []));
  }

  list(): JobRef[] {
    return [...this.#jobs.values()].map(({ jobId, leaseId }) => ({ jobId, leaseId }));
  }

  /**
   * The server said which jobs this node may go on with; all others are given up, and one of which it knows more than
   * is left here since the machine lost its power.
   */
  welcome(known: Welcomed): void {
    for (const job of [...this.#jobs.values()]) {
      const entry = known.find(({ jobId, leaseId }) => jobId === job.jobId && leaseId === job.leaseId);
      if (!entry || !job.outbox.reaches(entry.ackedSeq)) void this.drop(job);
      else {
        job.outbox.resume(entry.ackedSeq);
        if (entry.cancel) void this.cancel(job);
      }
    }
  }

  async assign({ type: _, ...order }: Assign): Promise<void> {
    const { jobId, leaseId } = order;
    const present = this.#jobs.get(jobId);
    if (present?.leaseId === leaseId) return;
    try {
      // The server has taken the job back and given it out anew while this node was away.
      if (present) await this.drop(present);
      const { serverUrl, folders } = this.#options;
      const assignment = { ...order, serverUrl };
      const job = this.#remember(JobDirectory.create(folders.jobs, assignment), assignment);
      job.outbox.resume(0);
      job.start();
    } catch (err) {
      this.#options.log.error({ err, jobId }, 'A job could not be taken.');
      const reason = err instanceof Error ? err.message : String(err);
      this.#options.send({ type: 'job.refused', jobId, leaseId, reason });
    }
  }

  acknowledge({ jobId, leaseId, seq }: JobRef & { seq: number }): void {
    this.#find({ jobId, leaseId })?.acknowledge(seq);
  }

  cancel(ref: JobRef): Promise<void> {
    return this.#safely(ref, (job) => job.cancel());
  }

  drop(ref: JobRef): Promise<void> {
    return this.#safely(ref, async (job) => {
      await job.drop();
      if (this.#jobs.get(job.jobId) === job) this.#jobs.delete(job.jobId);
    });
  }

  /** The line is cut: nothing is sent until the server says how far it has got. */
  pause(): void {
    for (const job of this.#jobs.values()) job.outbox.pause();
  }

  /** Stops all jobs because the agent stops, and gives their last events a moment to leave. */
  async stop(): Promise<void> {
    await Promise.all([...this.#jobs.values()].map((job) => job.interrupt()));
    const deadline = performance.now() + 1000;
    while (this.#jobs.size > 0 && performance.now() < deadline) {
      this.#tend();
      await sleep(20);
    }
    clearInterval(this.#timer);
    await this.#launcher.stop();
  }

  #remember(directory: JobDirectory, assignment: Assignment): NodeJob {
    const onDone = (job: NodeJob) => void this.#forget(job);
    const job = new NodeJob({ ...this.#options, assignment, directory, launcher: this.#launcher, onDone });
    this.#jobs.set(job.jobId, job);
    return job;
  }

  #find({ jobId, leaseId }: JobRef): NodeJob | undefined {
    const job = this.#jobs.get(jobId);
    return job?.leaseId === leaseId ? job : undefined;
  }

  async #safely(ref: JobRef, act: (job: NodeJob) => Promise<void>): Promise<void> {
    const job = this.#find(ref);
    try {
      if (job) await act(job);
    } catch (err) {
      this.#options.log.error({ err, jobId: ref.jobId }, 'An order about a job could not be carried out.');
    }
  }

  #forget(job: NodeJob): Promise<void> {
    if (this.#jobs.get(job.jobId) === job) this.#jobs.delete(job.jobId);
    this.#launcher.refill();
    return job.forget().catch((err: unknown) => {
      this.#options.log.error({ err, jobId: job.jobId }, 'What a job has left cannot be removed.');
    });
  }

  #tend(): void {
    for (const job of [...this.#jobs.values()]) {
      try {
        job.tend();
      } catch (err) {
        this.#options.log.error({ err, jobId: job.jobId }, 'A job’s news could not be sent.');
      }
      if (job.isDone) void this.#forget(job);
    }
  }
}
