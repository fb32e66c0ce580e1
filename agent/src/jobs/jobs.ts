import { rmSync } from 'node:fs';
import type { AgentMessage, ServerMessage } from '@hearth/contract';
import type { Log } from '../log.ts';
import { JobDirectory } from './job-directory.ts';
import { NodeJob } from './node-job.ts';

type Assign = Extract<ServerMessage, { type: 'job.assign' }>;
type Welcomed = Extract<ServerMessage, { type: 'welcome' }>['jobs'];
type JobRef = { jobId: string; leaseId: string };

export interface JobsOptions {
  /** Folder with one folder a job. */
  folder: string;
  serverUrl: string;
  send: (message: AgentMessage) => boolean;
  log: Log;
}

const pumpMs = 100;

/** All jobs on this node. */
export class Jobs {
  readonly #options: JobsOptions;
  readonly #jobs = new Map<string, NodeJob>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: JobsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#pump(), pumpMs);
  }

  /** Takes on what an agent before this one left on this node. */
  async adopt(): Promise<void> {
    for (const directory of await JobDirectory.list(this.#options.folder)) {
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

  list(): JobRef[] {
    return [...this.#jobs.values()].map(({ jobId, leaseId }) => ({ jobId, leaseId }));
  }

  /** The server said which jobs this node may go on with; all others are given up. */
  welcome(known: Welcomed): void {
    for (const job of [...this.#jobs.values()]) {
      const entry = known.find(({ jobId, leaseId }) => jobId === job.jobId && leaseId === job.leaseId);
      if (!entry) void this.drop(job);
      else {
        job.outbox.resume(entry.ackedSeq);
        if (entry.cancel) void this.cancel(job);
      }
    }
  }

  async assign({ jobId, leaseId, jobToken, payload }: Assign): Promise<void> {
    const present = this.#jobs.get(jobId);
    if (present?.leaseId === leaseId) return;
    try {
      // The server has taken the job back and given it out anew while this node was away.
      if (present) await this.drop(present);
      const assignment = { jobId, leaseId, jobToken, payload, serverUrl: this.#options.serverUrl };
      const job = this.#remember(await JobDirectory.create(this.#options.folder, assignment), assignment);
      job.outbox.resume(0);
      job.start();
    } catch (err) {
      this.#options.log.error({ err, jobId }, 'A job could not be taken.');
      const reason = err instanceof Error ? err.message : String(err);
      this.#options.send({ type: 'job.refused', jobId, leaseId, reason });
    }
  }

  acknowledge({ jobId, leaseId, seq }: JobRef & { seq: number }): void {
    const job = this.#find({ jobId, leaseId });
    job?.outbox.acknowledge(seq);
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
      const before = performance.now();
      await this.#pump();
      await new Promise((resolve) => setTimeout(resolve, Math.max(10, 50 - (performance.now() - before))));
    }
    clearInterval(this.#timer);
  }

  #remember(
    directory: JobDirectory,
    assignment: Awaited<ReturnType<JobDirectory['readAssignment']>>,
  ): NodeJob {
    const { send, log } = this.#options;
    const job = new NodeJob({ assignment, directory, send, log });
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

  async #pump(): Promise<void> {
    for (const job of [...this.#jobs.values()]) {
      await this.#safely(job, async () => {
        await job.outbox.pump();
        if (!job.isDone) return;
        this.#jobs.delete(job.jobId);
        await job.forget();
      });
    }
  }
}
