import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentMessage, JobEvent } from '@hearth/contract';
import type { Log } from '../log.ts';
import type { Assignment, JobDirectory } from './job-directory.ts';
import { describeExit, type Exit, tailOf } from './job-exit.ts';
import { adoptJobProcess, type JobProcess, startJobProcess } from './job-process.ts';
import { openJournal } from './journal.ts';
import { findFinished } from './journal-reader.ts';
import { Outbox } from './outbox.ts';
import { stopTree } from './stop-tree.ts';

type End = Omit<Extract<JobEvent, { type: 'finished' }>, 'type' | 'at'>;

export interface NodeJobOptions {
  assignment: Assignment;
  directory: JobDirectory;
  send: (message: AgentMessage) => boolean;
  log: Log;
}

/** One job on this node: its process, the proof of its end, and the journal's way to the server. */
export class NodeJob {
  readonly outbox: Outbox;
  readonly leaseId: string;
  readonly jobId: string;
  readonly #directory: JobDirectory;
  readonly #log: Log;
  #root: number | undefined;
  #interrupted = false;
  #ended = false;
  #wasDiskFull = false;
  #dropped: Promise<void> | undefined;
  #cancelled: Promise<void> | undefined;
  /** Resolves when no process of the job is left and its journal has an end. */
  #end: Promise<void> = Promise.resolve();

  constructor({ assignment, directory, send, log }: NodeJobOptions) {
    this.jobId = assignment.jobId;
    this.leaseId = assignment.leaseId;
    this.#directory = directory;
    this.#log = log.child({ jobId: this.jobId, kind: assignment.payload.kind });
    this.outbox = new Outbox({ jobId: this.jobId, leaseId: this.leaseId, journal: directory.journal, send });
  }

  start(): void {
    this.#log.info('The job starts.');
    this.#watch(startJobProcess(this.jobId, this.#directory));
  }

  /** Takes on a job of an agent before this one: goes on watching it, or finds out how it ended. */
  async adopt(): Promise<void> {
    const process = await adoptJobProcess(this.jobId, this.#directory);
    if (!process && !this.#directory.hasBegun() && !this.#directory.isStopOrdered()) return this.start();
    this.#log.info(
      { pid: process?.pid },
      process ? 'The job is still at work.' : 'The job’s process is gone.',
    );
    if (process) this.#watch(process);
    else this.#end = this.#finishForSure(undefined);
    if (this.#directory.isStopOrdered()) void this.cancel();
  }

  /** Stops it for good; the order is kept on disk first, so that an agent after this one completes it. */
  cancel(): Promise<void> {
    this.#cancelled ??= this.#cancel();
    return this.#cancelled;
  }

  /** Stops it because the agent stops. */
  async interrupt(): Promise<void> {
    this.#interrupted = true;
    await this.#stop();
  }

  /** Stops it and forgets it, unsent events and all: the server has given it up. */
  drop(): Promise<void> {
    this.outbox.pause();
    this.#dropped ??= this.#stop().then(() => this.#directory.remove());
    return this.#dropped;
  }

  /** Nothing of it is left to do: it has ended and the server knows all of it. */
  get isDone(): boolean {
    return this.#ended && this.outbox.isDelivered;
  }

  forget(): Promise<void> {
    return this.#directory.remove();
  }

  async #cancel(): Promise<void> {
    // A disk that is full must not keep a job alive; only an agent after this one would not know of the order.
    await this.#directory
      .orderStop()
      .catch((err: unknown) => this.#log.warn({ err }, 'The order to stop could not be written down.'));
    await this.#stop();
  }

  async #stop(): Promise<void> {
    if (!this.#ended) await stopTree(this.jobId, { root: this.#root });
    await this.#end;
  }

  #watch(process: JobProcess): void {
    this.#root = process.pid;
    this.#end = process.ended
      .catch((err: unknown) => void this.#log.error({ err }, 'The job’s process could not be started.'))
      .then((exit) => this.#finishForSure(exit || undefined));
  }

  /** A full disk heals; a job without an end would hold its lease for ever. */
  async #finishForSure(exit: Exit | undefined): Promise<void> {
    for (;;) {
      try {
        return await this.#finish(exit);
      } catch (err) {
        this.#wasDiskFull ||= isDiskFull(err);
        this.#log.error({ err }, 'The end of the job could not be written down; trying again.');
        await sleep(5000);
      }
    }
  }

  /** Ends what the process left behind; only then may the journal say that the job is over. */
  async #finish(exit: Exit | undefined): Promise<void> {
    await stopTree(this.jobId, { root: exit && this.#root });
    if (!(await findFinished(this.#directory.journal))) {
      const journal = openJournal(this.#directory.journal);
      journal.append({ type: 'finished', at: new Date().toISOString(), ...(await this.#judge(exit)) });
      journal.close();
    }
    this.#ended = true;
    this.#log.info({ exit }, 'The job is over.');
  }

  async #judge(exit: Exit | undefined): Promise<End> {
    if (this.#cancelled || this.#directory.isStopOrdered()) return { outcome: 'stopped' };
    if (this.#interrupted) {
      const message = 'Hearth was stopped on this machine while the job ran.';
      return { outcome: 'failed', error: { code: 'job.interrupted', message } };
    }
    if (this.#wasDiskFull) {
      const message = 'The disk of this machine was full, so the job could not go on.';
      return { outcome: 'failed', error: { code: 'storage.full', message } };
    }
    const message = describeExit(exit, await tailOf(this.#directory.output));
    return { outcome: 'failed', error: { code: 'job.crashed', message } };
  }
}

const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
