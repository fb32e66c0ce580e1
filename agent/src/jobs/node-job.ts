import type { AgentMessage } from '@hearth/contract';
import type { Folders } from '../folders.ts';
import type { Log } from '../log.ts';
import { Brake } from './brake.ts';
import { remove as removeCgroup } from './cgroup.ts';
import { Deadline } from './deadline.ts';
import { hostedWork } from './hosted-work.ts';
import type { Assignment, JobDirectory } from './job-directory.ts';
import { endByError, endFromOutside, type Kill } from './job-end.ts';
import type { Exit } from './job-exit.ts';
import { adoptJobProcess, type JobProcess, startJobProcess } from './job-process.ts';
import type { JobWork } from './job-work.ts';
import type { Launcher } from './launcher.ts';
import { Outbox } from './outbox.ts';
import { resumeTree, TreePause } from './pause-tree.ts';
import { ScriptWork } from './script-work.ts';
import { StopOrders, timeout } from './stop-orders.ts';
import { isGone, type JobTree, stopTree } from './stop-tree.ts';
import { watchFolder } from './watch-folder.ts';

export interface NodeJobOptions {
  assignment: Assignment;
  directory: JobDirectory;
  folders: Pick<Folders, 'cache' | 'code' | 'python'>;
  launcher: Launcher;
  send: (message: AgentMessage) => boolean;
  log: Log;
  /** It has ended, and all of it has reached the server. */
  onDone: (job: NodeJob) => void;
}

/** One that has had its time is not asked long: all of it is dead a second after. */
const lateGraceMs = 400;
/** That a job has begun waits so long for more to tell: of a light script all is told at once. */
const firstWordsMs = 50;

/** One job on this node: its process, the proof of its end, and the journal's way to the server. */
export class NodeJob {
  readonly outbox: Outbox;
  readonly leaseId: string;
  readonly jobId: string;
  readonly #options: NodeJobOptions;
  readonly #directory: JobDirectory;
  readonly #work: JobWork;
  readonly #orders: StopOrders;
  readonly #log: Log;
  readonly #preparing = new AbortController();
  readonly #deadline = new Deadline(() => void this.#kill(timeout));
  readonly #brake: Brake;
  #tree: JobTree;
  #unwatch: () => void = () => undefined;
  #firstWords: NodeJS.Timeout | undefined;
  #isRunning = false;
  #isPumping = false;
  #isClosed = false;
  #hasEnded = false;
  #dropped: Promise<void> | undefined;
  #cancelled: Promise<void> | undefined;
  #killed: Promise<void> | undefined;
  /** Resolves when no process of the job is left and its journal has an end. */
  #end: Promise<void> = Promise.resolve();

  constructor(options: NodeJobOptions) {
    const { assignment, directory, send, log } = options;
    const { jobId, leaseId, payload } = assignment;
    this.jobId = jobId;
    this.leaseId = leaseId;
    this.#options = options;
    this.#directory = directory;
    this.#tree = { jobId };
    this.#log = log.child({ jobId, kind: payload.kind });
    this.#orders = new StopOrders(directory, this.#log);
    const onLook = () => this.#release();
    this.#brake = new Brake({ pause: () => new TreePause(this.#tree), onLook, log: this.#log });
    this.outbox = new Outbox({ jobId, leaseId, journal: directory.journal, send });
    const work = { ...options, onTold: () => this.#pump() };
    this.#work = payload.kind === 'script' ? new ScriptWork(work, payload) : hostedWork(work);
  }

  start(): void {
    this.#log.info('The job starts.');
    this.#end = this.#begin();
  }

  /** Takes on a job of an agent before this one: goes on watching it, or finds out how it ended. */
  async adopt(): Promise<void> {
    this.#work.resume();
    const { process, cgroup } = await adoptJobProcess(this.jobId, this.#directory);
    const { wasCancelled, kill } = this.#orders.facts;
    if (!process && !this.#directory.hasBegun() && !wasCancelled) return this.start();
    this.#log.info(
      { pid: process?.pid },
      process ? 'The job is still at work.' : 'The job’s process is gone.',
    );
    this.#tree = { jobId: this.jobId, cgroup, root: process?.pid };
    // The agent before this one may have died while it held the program up.
    resumeTree(this.#tree);
    if (process) this.#watch(process);
    else this.#end = this.#finishForSure(undefined);
    if (wasCancelled) void this.cancel();
    else if (kill) void this.#kill(kill);
  }

  /** Stops it for good; the order is kept on disk first, so that an agent after this one completes it. */
  cancel(): Promise<void> {
    this.#cancelled ??= this.#orders.cancel().then(() => this.#stop());
    return this.#cancelled;
  }

  /** Stops it because the agent stops. */
  async interrupt(): Promise<void> {
    this.#orders.interrupt();
    await this.#stop();
  }

  /** Stops it and forgets it, unsent events and all: the server has given it up. */
  drop(): Promise<void> {
    this.outbox.pause();
    this.#dropped ??= this.#stop().then(() => this.forget());
    return this.#dropped;
  }

  /** Tells what is new of it, and sends what there is to send. */
  tend(): void {
    if (this.#isClosed) return;
    this.#release();
    if (this.#isRunning) this.#collect();
    this.#pump();
    const { offence } = this.#work;
    if (offence) void this.#kill(offence);
  }

  /** Of the code it runs; undefined where that is the agent's own. */
  get codeDigest(): string | undefined {
    const { payload } = this.#options.assignment;
    return payload.kind === 'pull' ? undefined : payload.program?.code.digest;
  }

  acknowledge(seq: number): void {
    this.outbox.acknowledge(seq);
    if (!this.#tellIfDone()) this.#pump();
  }

  /** Nothing of it is left to do: it has ended and the server knows all of it. */
  get isDone(): boolean {
    return this.#hasEnded && this.outbox.isDelivered;
  }

  forget(): Promise<void> {
    this.#isClosed = true;
    this.#work.close();
    this.outbox.close();
    // Not before the end is told: the kernel may let it wait.
    if (this.#tree.cgroup) removeCgroup(this.#tree.cgroup);
    return this.#directory.remove();
  }

  async #begin(): Promise<void> {
    try {
      const what = await this.#work.prepare(this.#preparing.signal);
      this.#preparing.signal.throwIfAborted();
      this.#work.begin();
      this.#watch(startJobProcess(this.jobId, this.#directory, what, this.#options.launcher));
      this.#firstWords = setTimeout(() => this.#speak(), firstWordsMs);
    } catch (err) {
      this.#log.warn({ err }, 'The job could not begin.');
      const facts = { ...this.#orders.facts, exit: undefined, exitCode: undefined };
      await this.#orders.surely(async () => this.#work.fail(endFromOutside(facts) ?? endByError(err)));
      return this.#over();
    }
    await this.#end;
  }

  #watch({ pid, cgroup, since, ended }: JobProcess): void {
    this.#isRunning = true;
    this.#tree = { jobId: this.jobId, root: pid, cgroup, since };
    this.#end = ended.then((exit) => this.#finishForSure(exit));
    this.#unwatch = watchFolder(this.#directory.path, () => this.tend());
    this.#deadline.set(this.#work.deadline);
  }

  #kill(kill: Kill): Promise<void> {
    if (this.#isRunning && !this.#killed) {
      this.#orders.kill(kill);
      this.#killed = this.#stop(lateGraceMs);
    }
    return this.#killed ?? this.#end;
  }

  async #stop(graceMs?: number): Promise<void> {
    this.#preparing.abort();
    if (!this.#hasEnded) {
      const stopped = stopTree(this.#tree, graceMs);
      // They have been told to end by now; one that is held up could not hear it.
      this.#brake.release();
      await stopped;
    }
    await this.#end;
  }

  async #finishForSure(exit: Exit | undefined): Promise<void> {
    this.#deadline.clear();
    await this.#orders.surely(() => this.#finish(exit));
    this.#over();
    this.#log.info({ exit }, 'The job is over.');
  }

  /** Ends what the process left behind; only then may the journal say that the job is over. */
  async #finish(exit: Exit | undefined): Promise<void> {
    // The number of a process that is long gone may be another's by now.
    if (!exit) this.#tree = { ...this.#tree, root: undefined };
    if (!isGone(this.#tree)) {
      // What it left behind may write as fast as it can, unseen while it is looked for and told to end.
      this.#brake.hold();
      const stopped = stopTree(this.#tree);
      this.#brake.release();
      await stopped;
    }
    this.#isRunning = false;
    this.#brake.release();
    await this.#work.end({ ...this.#orders.facts, exit, exitCode: this.#directory.findExitCode() });
  }

  #over(): void {
    this.#hasEnded = true;
    this.#unwatch();
    this.#speak();
    this.#tellIfDone();
  }

  #tellIfDone(): boolean {
    if (this.isDone && !this.#isClosed) this.#options.onDone(this);
    return this.isDone;
  }

  /** Gives back what is not kept of what it wrote, and sees to it that it waits for that. */
  #release(): void {
    if (this.#isRunning) this.#brake.see(this.#work.release());
  }

  #collect(): void {
    try {
      if (this.#work.collect()) setImmediate(() => this.tend());
    } catch (err) {
      this.#orders.failed(err, 'What the job wrote could not be taken in; trying again.');
    }
  }

  #speak(): void {
    clearTimeout(this.#firstWords);
    this.#firstWords = undefined;
    this.#pump();
  }

  #pump(): void {
    if (this.#isClosed || this.#firstWords || this.#isPumping) return;
    this.#isPumping = this.outbox.pump();
    if (this.#isPumping)
      setImmediate(() => {
        this.#isPumping = false;
        this.#pump();
      });
  }
}
