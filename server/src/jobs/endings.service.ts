import { asFailure, type Failure, type JobKind, type ToldFailure } from '@hearth/contract';
import type { Clock } from '../platform/clock.ts';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { isPassing } from '../platform/failures.ts';
import type { LiveHub } from '../platform/live-hub.ts';
import type { Log } from '../platform/log.ts';
import type { BlobsService } from '../registry/blobs.service.ts';
import type { EndWaiters } from './end-waiters.ts';
import type { IntakeRepository } from './intake.repository.ts';
import type { JobsRepository } from './jobs.repository.ts';
import type { ActiveJob, FinishedJob, JobHandler, JobRecord, NumberedEvent, Outcome } from './jobs.types.ts';
import { tellWatchers } from './news.ts';

export interface Ending {
  outcome: Outcome;
  error?: ToldFailure | null | undefined;
  exitCode?: number | null | undefined;
  result?: Record<string, unknown> | null | undefined;
  at: Date;
}
/** What is left to do once the transaction has committed. */
export interface Aftermath {
  job: JobRecord;
  events: NumberedEvent[];
  released: string[];
  /** It was taken back from a node that may have begun with it. */
  dropped?: ActiveJob;
}
const isActive = (job: JobRecord | undefined): job is ActiveJob =>
  job?.state === 'leased' || job?.state === 'running';
const hasNotStarted = (job: JobRecord) =>
  job.state === 'queued' || (job.state === 'leased' && job.ackedSeq === 0 && !job.cancelRequestedAt);

/** Ends jobs, whoever decided it: the node, a person, an expired lease. And tells those who wait for it. */
export class EndingsService {
  readonly #repository: JobsRepository;
  readonly #intake: IntakeRepository;
  readonly #blobs: BlobsService;
  readonly #live: LiveHub;
  readonly #waiters: EndWaiters;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #handlers = new Map<JobKind, JobHandler>();
  /** News of one job is told in its order. */
  readonly #telling = new Map<string, Promise<void>>();
  /** Called when a node may have room again; handed in by dispatch. */
  onRoom: () => void = () => undefined;
  /** Called when a job on a node has to stop, or is no longer its; handed in where nodes are reached. */
  onStopOrdered: (job: ActiveJob) => void = () => undefined;
  onDropped: (job: ActiveJob) => void = () => undefined;
  /** Called with every job as it stands after a commit, before anything else hears of it. */
  onStored: (job: JobRecord) => void = () => undefined;
  constructor(
    repository: JobsRepository,
    intake: IntakeRepository,
    blobs: BlobsService,
    live: LiveHub,
    waiters: EndWaiters,
    clock: Clock,
    log: Log,
  ) {
    this.#repository = repository;
    this.#intake = intake;
    this.#blobs = blobs;
    this.#live = live;
    this.#waiters = waiters;
    this.#clock = clock;
    this.#log = log;
  }

  handle(kind: JobKind, handler: JobHandler): void {
    this.#handlers.set(kind, handler);
  }

  handlerOf(kind: JobKind): JobHandler | undefined {
    return this.#handlers.get(kind);
  }

  /** Whether the job ended before the signal came. */
  async endOf(jobId: string, signal: AbortSignal): Promise<boolean> {
    return this.#waiters.wait(jobId, signal).then(
      () => true,
      () => false,
    );
  }

  /** Ends a locked job inside the transaction that decided it, and what hangs together with it. */
  async finish(tx: Transaction, job: JobRecord, ending: Ending): Promise<Aftermath[]> {
    if (job.state === 'finished') return [];
    const finished = finishedAs(job, await this.conclude(tx, job, ending));
    return this.store(tx, [{ job: finished, events: [], released: [] }]);
  }

  /** Stores ends that were decided: one statement for all, besides those of gangs and of files that were handed in. */
  async store(tx: Transaction, ends: Aftermath[]): Promise<Aftermath[]> {
    const released = await this.#intake.save(
      tx,
      ends.map(({ job }) => changeOf(job)),
    );
    const finished = ends.filter(({ job }) => job.state === 'finished');
    for (const end of finished) end.released = released.get(end.job.id) ?? [];
    for (const { job } of finished) await this.#onEnded(tx, job);
    const broken = finished.filter(({ job }) => job.gang && (job as FinishedJob).outcome !== 'completed');
    const others = new Map<string, Aftermath>();
    for (const { job } of broken)
      for (const end of await this.#stopGang(tx, job)) others.set(end.job.id, end);
    return [...ends, ...others.values()];
  }

  async #onEnded(tx: Transaction, job: JobRecord): Promise<void> {
    if (job.state !== 'finished') return;
    await this.handlerOf(job.kind)?.onEnded?.(tx, job, job.outcome, job.finishedAt);
  }

  /**
   * Success has effects of its own; where they fail, so does the job, and nothing of them stays. Who had to stop since
   * another one of its group failed has failed too.
   */
  async conclude(tx: Transaction, job: JobRecord, ending: Ending): Promise<Ending> {
    if (ending.outcome === 'stopped' && job.gang) {
      const because = await this.#repository.stopReason(tx, job.id);
      return because ? { ...ending, outcome: 'failed', error: because } : ending;
    }
    const handler = this.handlerOf(job.kind);
    if (ending.outcome !== 'completed' || !handler?.onCompleted) return ending;
    if (!isActive(job)) throw new Error(`Job ${job.id} completed without a lease.`);
    const artifacts = await this.#repository.artifacts(tx, job.id);
    const completion = { at: ending.at, result: ending.result ?? {}, artifacts };
    const failure = await this.guarded(tx, job, (inner) => handler.onCompleted!(inner, job, completion));
    return failure ? { ...ending, outcome: 'failed', error: failure } : ending;
  }

  /** Runs a handler so that its failure undoes only its own writes; a database that is away or full is nobody's failure. */
  async guarded(
    tx: Transaction,
    job: ActiveJob,
    work: (tx: Transaction) => Promise<void>,
  ): Promise<Failure | undefined> {
    try {
      await tx.transaction(work);
      return undefined;
    } catch (error) {
      if (isPassing(error)) throw error;
      if (error instanceof AppError) return { code: error.code, message: error.message, details: {} };
      this.#log.error({ err: error, job: job.id }, 'The effects of a job could not be stored.');
      return { code: 'internal', message: 'What the job reported could not be stored.', details: {} };
    }
  }

  /** A lease that nobody works on any more. Answers whether it still stood. */
  async lost(
    jobId: string,
    leaseId: string,
    isLost: (job: ActiveJob) => boolean = () => true,
  ): Promise<boolean> {
    const aftermaths = await this.#repository.transaction(async (tx) => {
      const job = (await this.#intake.lock(tx, [jobId])).get(jobId);
      if (!isActive(job) || job.lease.id !== leaseId || !isLost(job)) return undefined;
      return this.settleLost(tx, job);
    });
    for (const aftermath of aftermaths ?? []) await this.announce(aftermath);
    return aftermaths !== undefined;
  }

  /**
   * What becomes of a locked job whose node has nothing to show for it: one that never started waits again, one that
   * did has failed; an order to stop is then fulfilled or lost with it. So for a gang: none of it started, or it fails.
   */
  async settleLost(tx: Transaction, job: ActiveJob): Promise<Aftermath[]> {
    const neverStarted = job.state === 'leased' && job.ackedSeq === 0;
    const at = this.#clock();
    if (neverStarted && job.cancelRequestedAt) return this.finish(tx, job, { outcome: 'stopped', at });
    const together = job.gang ? await this.#repository.gang(tx, job.gang.id) : [job];
    if (neverStarted && together.every(hasNotStarted)) {
      const taken = together.filter(isActive);
      const released = await this.#repository.release(
        tx,
        taken.map(({ id }) => id),
      );
      return released.map((queued) => {
        const dropped = taken.find(({ id }) => id === queued.id && id !== job.id);
        return { job: queued, events: [], released: [], ...(dropped ? { dropped } : {}) };
      });
    }
    const message = 'The machine that worked on this was lost, or came back without the work.';
    const error: Failure = { code: 'job.node_lost', message, details: {} };
    return this.finish(tx, job, { outcome: 'failed', error, at });
  }

  /** After the commit. Nothing here can undo what was committed, so failures are only logged. */
  announce(aftermath: Aftermath): Promise<void> {
    const { job, dropped } = aftermath;
    this.onStored(job);
    if (dropped) this.onDropped(dropped);
    this.#waiters.tell(job);
    if (job.state === 'finished' || job.state === 'queued') this.onRoom();
    if (isActive(job) && job.cancelRequestedAt) this.onStopOrdered(job);
    const before = this.#telling.get(job.id) ?? Promise.resolve();
    const told = before
      .then(() => this.#announce(aftermath))
      .finally(() => {
        if (this.#telling.get(job.id) === told) this.#telling.delete(job.id);
      });
    this.#telling.set(job.id, told);
    return told;
  }

  async #announce({ job, events, released }: Aftermath): Promise<void> {
    try {
      tellWatchers(this.#live, job, events);
      await this.handlerOf(job.kind)?.onChanged?.(job, events);
      if (released.length > 0) await this.#blobs.release(released);
    } catch (err) {
      this.#log.warn({ err, job: job.id }, 'News of a job could not be told.');
    }
  }

  /** One that failed or was stopped takes the others along: those that wait are stopped, those at work ordered to. */
  async #stopGang(tx: Transaction, { id, gang, ...cause }: JobRecord): Promise<Aftermath[]> {
    const hasFailed = cause.state === 'finished' && cause.outcome === 'failed';
    const members = await this.#repository.gang(tx, gang!.id);
    const others = members.filter((job) => job.id !== id && job.state !== 'finished');
    const at = this.#clock();
    const error = hasFailed ? gangBroken(cause.error) : gangStopped;
    const waiting = others.filter(({ state }) => state === 'queued');
    const outcome = hasFailed ? 'failed' : 'stopped';
    const ends = waiting.map((job) => finishedAs(job, { outcome, error, at }));
    if (ends.length > 0) await this.#intake.save(tx, ends.map(changeOf));
    for (const job of ends) await this.#onEnded(tx, job);
    const working = others.filter(isActive).filter(({ cancelRequestedAt }) => !cancelRequestedAt);
    await this.#repository.orderStop(
      tx,
      working.map((job) => job.id),
      at,
      hasFailed ? error : undefined,
    );
    const stopping = working.map((job): JobRecord => ({ ...job, cancelRequestedAt: at }));
    return [...ends, ...stopping].map((job) => ({ job, events: [], released: [] }));
  }
}

const gangStopped: Failure = {
  code: 'job.gang_stopped',
  message: 'Another job of its group was stopped.',
  details: {},
};

function gangBroken(cause: ToldFailure | null): Failure {
  const because = cause?.message ?? 'its program ended.';
  const message = `Another machine of its group failed: ${because}`;
  const details = { cause: cause ? asFailure(cause).code : 'job.failed' };
  return { code: 'job.gang_broken', message, details };
}

/** A job as it stands once it has ended so. */
export function finishedAs(job: JobRecord, { outcome, error, exitCode, result, at }: Ending): FinishedJob {
  const { id, kind, title, priority, arrival, payload, createdBy, attempt, progress, createdAt } = job;
  const own = { id, kind, title, priority, arrival, payload, createdBy, attempt, progress, createdAt };
  const { gpuCount, gpus, gang, kept } = job;
  return {
    ...own,
    ...{ gpuCount, gpus, gang, kept },
    state: 'finished',
    outcome,
    error: error ?? null,
    exitCode: exitCode ?? null,
    result: result ?? null,
    nodeId: isActive(job) ? job.lease.nodeId : null,
    leaseId: isActive(job) ? job.lease.id : null,
    ackedSeq: isActive(job) ? job.ackedSeq : 0,
    startedAt: isActive(job) ? job.startedAt : null,
    finishedAt: at,
  };
}

/** What is to be stored of a job that is, or was, a node's. */
export function changeOf(job: JobRecord) {
  const { id, progress, kept } = job;
  if (job.state === 'queued') throw new Error(`Job ${id} waits: there is nothing told of it.`);
  const { state, ackedSeq, startedAt } = job;
  return { id, state, ackedSeq, startedAt, progress, kept, end: job.state === 'finished' ? job : null };
}
